import type { Column } from '../ingest/index.ts';

/** Columns that hold the same as an earlier one in every row: name → name of the earlier one. */
export function findDuplicates(columns: readonly Column[], rows: Int32Array): Map<string, string> {
  const duplicates = new Map<string, string>();
  const byFingerprint = new Map<string, Column[]>();
  for (const column of columns) {
    const fingerprint = fingerprintOf(column, rows);
    const earlier = byFingerprint.get(fingerprint) ?? [];
    const same = earlier.find((other) => isSame(other, column, rows));
    if (same !== undefined) duplicates.set(column.name, same.name);
    else byFingerprint.set(fingerprint, [...earlier, column]);
  }
  return duplicates;
}

const PROBES = 32;

/** Some values spread over the rows: equal columns agree on them, and most others do not. */
function fingerprintOf(column: Column, rows: Int32Array): string {
  const probes = Array.from({ length: PROBES }, (_, i) => rows[Math.floor((i * rows.length) / PROBES)] ?? 0);
  return JSON.stringify([column.type, probes.map((row) => cellOf(column, row))]);
}

function isSame(a: Column, b: Column, rows: Int32Array): boolean {
  return rows.every((row) => Object.is(cellOf(a, row), cellOf(b, row)));
}

function cellOf(column: Column, row: number): string | number {
  if (column.type !== 'string') return column.values[row]!;
  return column.dictionary[column.codes[row]!] ?? Number.NaN;
}
