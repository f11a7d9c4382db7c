import type { Column, Table } from '../../stages/ingest/index.ts';
import { hashRows } from '../../stages/prepare/index.ts';
import type { Overlap } from '../../stages/validate/index.ts';

export type FoundOverlap = Overlap & {
  /** Of each row of the set: 1 where it equals a training row. */
  overlapping: Uint8Array;
};

/**
 * Which rows of a set are equal to a row of one of the training tables, in every column that both have by name and type;
 * equal rows of a table with few and coarse columns need not be the same case. Null where they share fewer than two columns.
 */
export function overlapWith(set: Table, trainings: readonly Table[]): FoundOverlap | null {
  const [first] = trainings;
  if (first === undefined) return null;
  const pairs = set.columns.flatMap((own): [Column, string][] =>
    first.columns.some(({ name, type }) => name === own.name && type === own.type) ? [[own, own.name]] : [],
  );
  if (pairs.length < 2) return null;
  const hashes = hashRows(
    pairs.map(([own]) => own),
    set.rows,
  );
  const known = new Set(hashes);
  const met = new Set<number>();
  for (const training of trainings) {
    const columns = pairs.map(([, name]) => training.columns.find((column) => column.name === name)!);
    for (const hash of hashRows(columns, training.rows)) if (known.has(hash)) met.add(hash);
  }
  const overlapping = Uint8Array.from(hashes, (hash) => (met.has(hash) ? 1 : 0));
  const rows = overlapping.reduce((sum, one) => sum + one, 0);
  return { rows, columns: pairs.length, overlapping };
}
