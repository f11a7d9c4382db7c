import {
  compileMade,
  type Kinds,
  kindCount,
  type MadeFeature,
  type Operation,
  type Quantity,
} from '../../prepare/index.ts';
import type { Ingredients, KindsIngredient } from './ingredients.ts';
import { nameOfArithmetic } from './recipe-names.ts';
import { cellsOfNumbers, residualSignal } from './residual-signal.ts';

/** Rows that are looked at; more would hardly change the order. */
const MOST_ROWS = 10_000;

/** Cells of a number. */
const NUMBER_CELLS = 24;

/** Pairs of kinds at most that a lookup has room for. */
const MOST_PAIRS = 65_536;

/** What a candidate must explain, beyond chance: in standard deviations, and as a share of what the model missed. */
const LEAST_SIGMAS = 4;
const LEAST_SHARE = 0.0005;

/** What a model missed, by output, of the rows that are looked at. */
export type Residuals = { rows: Int32Array; byOutput: Float64Array[] };

/** Of the rows at most as many as a look needs, evenly. */
export function rowsToLookAt(rows: Int32Array): Int32Array {
  const stride = Math.max(1, Math.floor(rows.length / MOST_ROWS));
  return stride === 1 ? rows : rows.filter((_, i) => i % stride === 0);
}

export type Arithmetic = Extract<MadeFeature, { kind: 'arithmetic' }>;

const OPERATIONS: readonly { operation: Operation; swapped?: true }[] = [
  { operation: 'difference' },
  { operation: 'sum' },
  { operation: 'ratio' },
  { operation: 'ratio', swapped: true },
  { operation: 'product' },
];

/** The arithmetic of two quantities that explains most of the residuals, the best first; of each pair the best alone. */
export function screenArithmetic(
  { quantities }: Ingredients,
  residuals: Residuals,
  most: number,
): Arithmetic[] {
  const found: { spec: Arithmetic; share: number }[] = [];
  for (let i = 0; i < quantities.length; i++) {
    for (let j = i + 1; j < quantities.length; j++) {
      const pair = [quantities[i]!, quantities[j]!] as const;
      const tried = OPERATIONS.flatMap(({ operation, swapped }) => {
        const [a, b] = swapped ? [pair[1], pair[0]] : pair;
        const spec = arithmeticOf(operation, a.quantity, b.quantity);
        const { combine } = compileMade(spec);
        const values = Float64Array.from(residuals.rows, (row) => combine(a.values[row]!, b.values[row]!));
        const { cells, size } = cellsOfNumbers(values, NUMBER_CELLS);
        const { share, sigmas } = residualSignal(cells, size, residuals.byOutput);
        return sigmas >= LEAST_SIGMAS && share >= LEAST_SHARE ? [{ spec, share }] : [];
      });
      const best = tried.toSorted((a, b) => b.share - a.share)[0];
      if (best !== undefined) found.push(best);
    }
  }
  return best(found, most).map(({ spec }) => spec);
}

export function arithmeticOf(operation: Operation, a: Quantity, b: Quantity): Arithmetic {
  return {
    kind: 'arithmetic',
    name: nameOfArithmetic(operation, [a.column, b.column]),
    operation,
    of: [a, b],
  };
}

/** Pairs of columns whose kinds together explain most of the residuals, the best first. */
export function screenPairs({ kinds }: Ingredients, residuals: Residuals, most: number): Kinds[][] {
  const found: { of: Kinds[]; share: number }[] = [];
  for (let i = 0; i < kinds.length; i++) {
    for (let j = i + 1; j < kinds.length; j++) {
      const pair = [kinds[i]!, kinds[j]!] as const;
      if (pairSize(pair) > MOST_PAIRS || isSameValue(pair[0].kinds, pair[1].kinds)) continue;
      const width = kindCount(pair[1].kinds) + 2;
      const cells = Int32Array.from(residuals.rows, (row) => pair[0].rows[row]! * width + pair[1].rows[row]!);
      const { share, sigmas } = residualSignal(cells, pairSize(pair), residuals.byOutput);
      if (sigmas >= LEAST_SIGMAS && share >= LEAST_SHARE)
        found.push({ of: pair.map((one) => one.kinds), share });
    }
  }
  return best(found, most).map(({ of }) => of);
}

/** Parts of one date say different things; a column as words or numbers says the same twice. */
function isSameValue(a: Kinds, b: Kinds): boolean {
  return a.column === b.column && (a.kind !== 'date-part' || b.kind !== 'date-part');
}

function pairSize(pair: readonly KindsIngredient[]): number {
  return pair.reduce((size, { kinds }) => size * (kindCount(kinds) + 2), 1);
}

function best<T extends { share: number }>(found: readonly T[], most: number): T[] {
  return found.toSorted((a, b) => b.share - a.share).slice(0, most);
}
