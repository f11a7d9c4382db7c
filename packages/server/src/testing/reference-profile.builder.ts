import { isoTime } from '../kernel/index.ts';
import type { Observation } from '../stages/monitor/index.ts';
import type {
  CategoryReference,
  ColumnReference,
  NumberReference,
  ReferenceProfile,
} from '../stages/pack/index.ts';

/** Rows with their score and class, as monitoring meets them. */
export type ScoredRow = { row: Record<string, string | number | null>; score: number; value?: string };

/** A reference profile of `rows` whose columns are numeric or categorical by their first present value. */
export function referenceOf(rows: readonly ScoredRow[], bins = 10): ReferenceProfile {
  const names = Object.keys(rows[0]!.row);
  const classified = rows[0]!.value !== undefined;
  const columns = names.map((name) => columnOf(name, rows, bins));
  return {
    format: 1,
    rows: rows.length,
    columns,
    score: numbersOf(
      rows.map((row) => row.score),
      bins,
    ),
    ...(classified && { classShares: classSharesOf(rows) }),
    importance: Object.fromEntries(names.map((name) => [name, 1 / names.length])),
  };
}

function columnOf(name: string, rows: readonly ScoredRow[], bins: number): ColumnReference {
  const cells = rows.map(({ row }) => row[name] ?? null);
  if (cells.some((cell) => typeof cell === 'string')) {
    return {
      name,
      type: 'string',
      ...categoriesOf(cells.map((cell) => (cell === null ? null : String(cell)))),
    };
  }
  const values = cells.map((cell) => (typeof cell === 'number' ? cell : Number.NaN));
  return { name, type: 'number', ...numbersOf(values, bins) };
}

export function numbersOf(values: readonly number[], bins = 10): NumberReference {
  const present = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const quantile = (q: number) => present[Math.min(present.length - 1, Math.floor(q * present.length))]!;
  const edges = [...new Set(Array.from({ length: bins + 1 }, (_, i) => quantile(i / bins)))];
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const value of present) {
    const above = edges.findIndex((edge) => edge > value);
    counts[(above === -1 ? edges.length - 1 : above) - 1]!++;
  }
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length;
  const missing = values.length - present.length;
  return { edges, counts, below: 0, above: 0, missing, mean, standardDeviation: Math.sqrt(variance) };
}

export function categoriesOf(values: readonly (string | null)[]): CategoryReference {
  const counted = new Map<string, number>();
  for (const value of values) if (value !== null) counted.set(value, (counted.get(value) ?? 0) + 1);
  const sorted = [...counted].sort((a, b) => b[1] - a[1]);
  const top = sorted.slice(0, 50);
  return {
    values: top.map(([value]) => value),
    counts: top.map(([, count]) => count),
    other: sorted.slice(50).reduce((sum, [, count]) => sum + count, 0),
    unseen: 0,
    missing: values.filter((value) => value === null).length,
    known: sorted.map(([value]) => value),
  };
}

function classSharesOf(rows: readonly ScoredRow[]): Record<string, number> {
  const { values, counts } = categoriesOf(rows.map((row) => row.value ?? null));
  return Object.fromEntries(values.map((value, i) => [value, counts[i]! / rows.length]));
}

/** The rows as predictions answered one second after the other. */
export function observationsOf(rows: readonly ScoredRow[]): Observation[] {
  return rows.map(({ row, score, value }, i) => ({
    id: `p_${i}`,
    ts: isoTime(Date.UTC(2026, 0, 1) + i * 1000),
    version: 1,
    row,
    value: value ?? score,
    score,
  }));
}
