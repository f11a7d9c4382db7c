import {
  compileMade,
  type Kinds,
  kindCount,
  type MadeFeature,
  type Operation,
  type Quantity,
} from '../../prepare/index.ts';
import type { KindsIngredient, QuantityIngredient } from './ingredients.ts';
import { nameOfArithmetic } from './recipe-names.ts';
import { cellsOfNumbers, residualSignal, type Signal } from './residual-signal.ts';

/** Rows that are looked at; more would hardly change the order. */
const MOST_ROWS = 10_000;

/** Cells of a number. */
const NUMBER_CELLS = 24;

/** Pairs of kinds at most that a lookup has room for. */
const MOST_PAIRS = 65_536;

/** What a candidate must explain, beyond chance: in standard deviations, and as a share of what the model missed. */
const LEAST_SIGMAS = 3;
const LEAST_SHARE = 0.0003;

/** What a model missed, by output, of the rows that are looked at. */
export type Residuals = { rows: Int32Array; byOutput: Float64Array[] };

/** Of the rows at most as many as a look needs, evenly. */
export function rowsToLookAt(rows: Int32Array): Int32Array {
  const stride = Math.max(1, Math.floor(rows.length / MOST_ROWS));
  return stride === 1 ? rows : rows.filter((_, i) => i % stride === 0);
}

type Arithmetic = Extract<MadeFeature, { kind: 'arithmetic' }>;

const OPERATIONS: readonly { operation: Operation; swapped?: true }[] = [
  { operation: 'difference' },
  { operation: 'sum' },
  { operation: 'ratio' },
  { operation: 'ratio', swapped: true },
  { operation: 'product' },
];

/**
 * The arithmetic of two numbers that explains most of the residuals, the best first; of each pair the best alone. Of two
 * dates that is the time between them.
 */
export function screenArithmetic(
  quantities: readonly QuantityIngredient[],
  residuals: Residuals,
  most: number,
): Arithmetic[] {
  const found = pairsOf(quantities).flatMap(([first, second]) => {
    const tried = operationsFor(first, second).flatMap(({ operation, swapped }) => {
      const [a, b] = swapped ? [second, first] : [first, second];
      const spec = arithmeticOf(operation, a.quantity, b.quantity);
      const { combine } = compileMade(spec);
      const values = Float64Array.from(residuals.rows, (row) => combine(a.values[row]!, b.values[row]!));
      const { cells, size } = cellsOfNumbers(values, NUMBER_CELLS);
      const { share, sigmas } = residualSignal(cells, size, residuals.byOutput);
      return isPromising({ share, sigmas }) ? [{ spec, share }] : [];
    });
    return best(tried, 1);
  });
  return best(found, most).map(({ spec }) => spec);
}

function operationsFor({ quantity: a }: QuantityIngredient, { quantity: b }: QuantityIngredient) {
  if (a.kind === 'number' && b.kind === 'number') return OPERATIONS;
  return a.kind === b.kind ? OPERATIONS.filter(({ operation }) => operation === 'difference') : [];
}

function isPromising({ share, sigmas }: Signal): boolean {
  return sigmas >= LEAST_SIGMAS && share >= LEAST_SHARE;
}

function arithmeticOf(operation: Operation, a: Quantity, b: Quantity): Arithmetic {
  return {
    kind: 'arithmetic',
    name: nameOfArithmetic(operation, [a.column, b.column]),
    operation,
    of: [a, b],
  };
}

/** Pairs of columns whose kinds together explain most of the residuals, the best first. */
export function screenPairs(
  kinds: readonly KindsIngredient[],
  residuals: Residuals,
  most: number,
): Kinds[][] {
  const found = pairsOf(kinds).flatMap(([first, second]) => {
    const pair = [first.kinds, second.kinds];
    if (pairSize(pair) > MOST_PAIRS || isSameValue(first.kinds, second.kinds)) return [];
    const width = kindCount(second.kinds) + 2;
    const cells = Int32Array.from(residuals.rows, (row) => first.rows[row]! * width + second.rows[row]!);
    const signal = residualSignal(cells, pairSize(pair), residuals.byOutput);
    return isPromising(signal) ? [{ of: pair, share: signal.share }] : [];
  });
  return best(found, most).map(({ of }) => of);
}

/** Parts of one date say different things; a column as words or numbers says the same twice. */
function isSameValue(a: Kinds, b: Kinds): boolean {
  return a.column === b.column && (a.kind !== 'date-part' || b.kind !== 'date-part');
}

function pairSize(pair: readonly Kinds[]): number {
  return pair.reduce((size, kinds) => size * (kindCount(kinds) + 2), 1);
}

function pairsOf<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]));
}

function best<T extends { share: number }>(found: readonly T[], most: number): T[] {
  return found.toSorted((a, b) => b.share - a.share).slice(0, most);
}
