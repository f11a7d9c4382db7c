import { isMissingWord } from '../settings.ts';

/** Whether the first record names the columns, and why. */
export type HeaderDecision = {
  header: boolean;
  /** Whether types tell: words over columns of numbers, dates or booleans. */
  clear: boolean;
  /** One sentence for the report. */
  why: string;
};

/** Of a later file. */
export const NAMED_HEADER = { header: true, why: 'It has names of columns of the dataset.' };

/** Records looked at below the first. */
const MAX_RECORDS = 500;
const YEAR = /^(?:1[5-9]|20|21)\d{2}$/;
const NUMBER = /^[-+]?(?:\d{1,3}(?:[ ,.']\d{3})+\d*|\d*)(?:[.,]\d*)?(?:e[-+]?\d+)?$/i;
const WHOLE = /^\d+$/;
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}';
const DATE = new RegExp(
  `^(?:\\d{1,4}[-/.]\\d{1,2}(?:[-/.]\\d{1,4})?|\\d{1,4}[- ]${MONTH}[- ]?\\d{0,4}|${MONTH}[- ]\\d{1,4}(?:,? \\d{2,4})?)(?:[T ]\\d{1,2}:\\d{2}.{0,40})?$|^\\d{1,2}:\\d{2}(?::\\d{2})?$`,
  'i',
);

type Kind = 'missing' | 'number' | 'date' | 'boolean' | 'text';

/**
 * The first record is a header unless at least half of its cells look like data: a number, date or boolean over a column of
 * such, or a word that occurs again below where no cell is a word over such values. Years over numbers name columns of wide tables, and whole numbers in ascending
 * steps (0, 1, 2, … or 1, 2, 3, …) are names as well, as is a whole number over numbers that all have a fraction.
 */
export function decideHeader(records: readonly string[][]): HeaderDecision {
  const [first, ...all] = records;
  if (first === undefined) return { header: true, clear: false, why: 'It is the first line.' };
  const rest = all.filter((record) => !isSame(record, first)).slice(0, MAX_RECORDS);
  if (rest.length === 0) return { header: true, clear: false, why: 'It is the only line.' };
  const cells = first.map((cell, i) => compare(cell, columnBelow(rest, i)));
  const numbers = first.map((cell) => cell.trim()).filter((cell) => kindOf(cell) === 'number');
  const differing = cells.filter((cell) => cell === 'differs').length;
  if (isAscending(numbers) && numbers.length >= first.length - 1 && (numbers.length > 2 || differing > 0)) {
    const span = `${numbers[0]} to ${numbers.at(-1)}`;
    return { header: true, clear: false, why: `Its cells are the numbers ${span} in order.` };
  }
  const filled = cells.filter((cell) => cell !== 'missing').length;
  const clear = cells.includes('names');
  const dataLike = cells.filter((cell) => cell === 'data' || (cell === 'recurs' && !clear)).length;
  if (dataLike * 2 >= Math.max(1, filled)) {
    return { header: false, clear: false, why: 'Its values are of the same kinds as those below.' };
  }
  const why =
    clear || differing > 0
      ? 'Its cells are of other types than the columns below.'
      : 'Its cells do not occur below.';
  return { header: true, clear: clear && dataLike === 0, why };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((cell, i) => cell === other[i]);
}

/**
 * `names`: a word over numbers and the like; `differs`: another type than below; `data`: the type below; `recurs`: a word that
 * is found below; `neutral`: says nothing.
 */
type Comparison = 'missing' | 'names' | 'differs' | 'data' | 'recurs' | 'neutral';
type Below = { kind: Kind | 'mixed'; isFractional: boolean; values: ReadonlySet<string> };

function compare(cell: string, below: Below): Comparison {
  const text = cell.trim();
  const kind = kindOf(text);
  if (kind === 'missing') return 'missing';
  if (below.kind === 'text') {
    if (kind !== 'text') return 'differs';
    return below.values.has(text) ? 'recurs' : 'neutral';
  }
  if (below.kind === 'missing' || below.kind === 'mixed') return 'neutral';
  if (kind === 'text') return 'names';
  if (kind !== below.kind) return 'neutral';
  if (kind === 'number' && YEAR.test(text)) return 'neutral';
  return kind === 'number' && WHOLE.test(text) && below.isFractional ? 'differs' : 'data';
}

function columnBelow(records: readonly string[][], column: number): Below {
  const values: string[] = [];
  const counts = new Map<Kind, number>();
  for (const record of records) {
    const text = (record[column] ?? '').trim();
    const kind = kindOf(text);
    if (kind === 'missing') continue;
    values.push(text);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [kind] = [...counts].find(([, count]) => count * 2 > values.length) ?? [
    values.length === 0 ? ('missing' as const) : ('mixed' as const),
  ];
  const isFractional = values.length > 1 && values.every((text) => /\d[.,]\d/.test(text));
  return { kind, isFractional, values: new Set(values) };
}

function kindOf(text: string): Kind {
  if (isMissingWord(text)) return 'missing';
  if (/^(?:true|false)$/i.test(text)) return 'boolean';
  if (/\d/.test(text) && NUMBER.test(text)) return 'number';
  return DATE.test(text) ? 'date' : 'text';
}

/** 0, 1, 2, … or 1, 2, 3, … */
function isAscending(cells: readonly string[]): boolean {
  const start = Number(cells[0]);
  if (cells.length < 2 || (start !== 0 && start !== 1)) return false;
  return cells.every((cell, i) => WHOLE.test(cell) && Number(cell) === start + i);
}
