import type { Endpoint } from '@slipway/contract';

type Revision = Endpoint['revisions'][number];

/**
 * What a rollback puts back; null when there is nothing under the version that answers. A promotion lays its revision
 * on top, a rollback takes the topmost away, so two rollbacks in a row go back two versions.
 */
export function formerRevision(newestFirst: readonly Revision[]): Revision | null {
  const stack: Revision[] = [];
  for (const revision of newestFirst.toReversed()) {
    if (revision.reason === 'rollback') stack.pop();
    else stack.push(revision);
  }
  return stack.at(-2) ?? null;
}
