import type { Column } from '../../ingest/index.ts';
import type { CategoryReference } from '../model.ts';

const LISTED = 50;
/** Of a column with more distinct values than this only the most frequent count as known. */
const KNOWN = 10_000;
/** … and no more of them than have so many characters together. */
const KNOWN_CHARACTERS = 1_000_000;

/** The reference of a category: counts of its most frequent values, and every value that training saw. */
export function categoryReference(column: Column): CategoryReference {
  const counts = valueCounts(column);
  const ordered = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const listed = ordered.slice(0, LISTED);
  const known = knownOf(ordered.map(([value]) => value));
  const present = ordered.reduce((sum, [, count]) => sum + count, 0);
  return {
    values: listed.map(([value]) => value),
    counts: listed.map(([, count]) => count),
    other: present - listed.reduce((sum, [, count]) => sum + count, 0),
    unseen: 0,
    missing: rowsOf(column) - present,
    known,
    ...(known.length < ordered.length && { partial: true as const }),
  };
}

function knownOf(values: readonly string[]): string[] {
  let characters = 0;
  const over = values.findIndex((value) => {
    characters += value.length;
    return characters > KNOWN_CHARACTERS;
  });
  return values.slice(0, Math.min(KNOWN, over < 0 ? values.length : over));
}

function valueCounts(column: Column): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (value: string) => counts.set(value, (counts.get(value) ?? 0) + 1);
  if (column.type === 'string') {
    for (const code of column.codes) if (code >= 0) add(column.dictionary[code]!);
  } else {
    for (const value of column.values) if (!Number.isNaN(value)) add(value === 0 ? 'false' : 'true');
  }
  return counts;
}

function rowsOf(column: Column): number {
  return column.type === 'string' ? column.codes.length : column.values.length;
}
