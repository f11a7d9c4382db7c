import type { GraphTree } from '@slipway/contract';
import { missingWordsOf, type OtherColumn } from '../../prepare/index.ts';
import type { BundleManifest } from '../model.ts';
import { bad, type MemberManifests, type MemberShape } from './graph-walk.ts';

/** Columns of the members' datasets that a row may hold beside those that the graph takes. */
export function othersOf(
  manifests: readonly MemberShape[],
  taken: ReadonlyMap<string, unknown>,
): OtherColumn[] {
  const others = new Map<string, OtherColumn>();
  for (const { target, others: own } of manifests)
    for (const other of own ?? [{ name: target, type: 'string' } as const])
      if (!taken.has(other.name) && !others.has(other.name)) others.set(other.name, other);
  for (const { inputs } of manifests)
    for (const { nullable: _, ...input } of inputs)
      if (!taken.has(input.name) && !others.has(input.name)) others.set(input.name, input);
  return [...others.values()];
}

/**
 * The missing-value words of the trained models; none where all are imported. Throws `endpoint.bad-spec` where they read other words
 * as a missing value: a row is read once.
 */
export function commonMissingWords(members: MemberManifests): string[] {
  const trained = [...members].filter(([, { isImported }]) => isImported !== true);
  if (trained.length === 0) return [];
  const [[first, manifest], ...others] = trained as [[GraphTree, MemberShape]];
  const words = [...missingWordsOf(manifest)];
  const key = (of: readonly string[]) => JSON.stringify([...of].sort());
  for (const [node, other] of others as [GraphTree, MemberShape][]) {
    const own = missingWordsOf(other);
    if (key(own) === key(words)) continue;
    const reason = `node ${first.path} reads ${shown(words)} as a missing value and node ${node.path} ${shown(own)}; train both with the same missing-value words`;
    throw bad(reason, node.at);
  }
  return words;
}

function shown(words: readonly string[]): string {
  return (
    words
      .slice(0, 20)
      .map((word) => JSON.stringify(word))
      .join(', ') || 'nothing'
  );
}

/** How a file of rows is written, where the members' datasets were written alike. */
export function commonForm(manifests: readonly MemberShape[]): Pick<BundleManifest, 'form'> {
  const trained = manifests.filter(({ isImported }) => isImported !== true);
  const [first, ...others] = trained.map(({ form }) => form);
  const isOne = others.every((form) => JSON.stringify(form) === JSON.stringify(first));
  return first !== undefined && isOne ? { form: first } : {};
}
