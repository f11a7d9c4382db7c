import type { CategoryWindow, ColumnWindow, NumberWindow, WindowProfile } from './model.ts';

/**
 * Both windows as one, hour and hour to a day. Associative and commutative: counts exactly, sums to rounding; of
 * more than 20 never-seen values the window names those it met first. Both must come from one reference.
 */
export function mergeWindows(a: WindowProfile, b: WindowProfile): WindowProfile {
  return {
    format: 1,
    rows: a.rows + b.rows,
    from: earlier(a.from, b.from),
    to: later(a.to, b.to),
    columns: a.columns.map((column, i) => mergeColumns(column, b.columns[i]!)),
    score: mergeNumbers(a.score, b.score),
    scoreBins: {
      counts: add(a.scoreBins.counts, b.scoreBins.counts),
      sums: add(a.scoreBins.sums, b.scoreBins.sums),
    },
    classes: addByName(a.classes, b.classes),
    weekParts: add(a.weekParts, b.weekParts),
  };
}

/** ISO 8601 in UTC with milliseconds sorts as text. */
function earlier(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function mergeColumns(a: ColumnWindow, b: ColumnWindow): ColumnWindow {
  const warnings = addByName({ ...a.warnings }, { ...b.warnings });
  const own = { name: a.name, ...(Object.keys(warnings).length > 0 && { warnings }) };
  if (a.kind === 'number' && b.kind === 'number') return { ...own, ...mergeNumbers(a, b) };
  return { ...own, ...mergeCategories(a as CategoryWindow, b as CategoryWindow) };
}

function mergeNumbers(a: NumberWindow, b: NumberWindow): NumberWindow {
  return {
    kind: 'number',
    counts: add(a.counts, b.counts),
    below: a.below + b.below,
    above: a.above + b.above,
    missing: a.missing + b.missing,
    sum: a.sum + b.sum,
    sumSquares: a.sumSquares + b.sumSquares,
  };
}

function mergeCategories(a: CategoryWindow, b: CategoryWindow): CategoryWindow {
  const named = Object.entries(addByName(a.unseenValues, b.unseenValues)).slice(0, 20);
  return {
    kind: 'category',
    counts: add(a.counts, b.counts),
    other: a.other + b.other,
    unseen: a.unseen + b.unseen,
    missing: a.missing + b.missing,
    unseenValues: Object.fromEntries(named),
  };
}

function add(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value + b[i]!);
}

function addByName(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}
