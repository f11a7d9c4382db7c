/**
 * The size of an axis while a graph is analysed: a whole number times symbols. A symbol stands for a size that only a request
 * fixes: {@link BATCH} for its rows, any other for an axis that is the same for all rows.
 *
 * `outer` is there where the axis of the rows was folded behind another one: the axis then holds, for each of `outer` places, the
 * values of all rows one after the other.
 */
export type Dim = { factor: number; symbols: readonly string[]; outer?: Dim };

/** The number of rows of a run. No other symbol is called so. */
export const BATCH = 'N';

export function fixedDim(size: number): Dim {
  return { factor: size, symbols: [] };
}

export function symbolDim(name: string): Dim {
  return { factor: 1, symbols: [name] };
}

export const ONE = fixedDim(1);
export const ROWS = symbolDim(BATCH);

export function times(...dims: readonly Dim[]): Dim {
  const factor = dims.reduce((product, { factor: each }) => product * each, 1);
  return scaled(factor, dims.flatMap(({ symbols }) => symbols).sort());
}

/** The quotient where the division is exact whatever the symbols stand for; undefined elsewhere. */
export function over(dividend: Dim, divisor: Dim): Dim | undefined {
  if (divisor.factor === 0 || dividend.factor % divisor.factor !== 0) return undefined;
  const left = [...dividend.symbols];
  for (const symbol of divisor.symbols) {
    const at = left.indexOf(symbol);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  return { factor: dividend.factor / divisor.factor, symbols: left };
}

/** Whether the size is never below 0: a sum that something was taken from may be. */
export function isNatural({ factor, symbols }: Dim): boolean {
  return factor >= 0 && symbols.every((symbol) => !symbol.startsWith('('));
}

/** Whether the size is the number of rows, or so many times it. */
export function isRowCount({ factor, symbols }: Dim): boolean {
  return factor > 0 && symbols.filter((symbol) => symbol === BATCH).length === 1;
}

export function hasBatch({ symbols }: Dim): boolean {
  return symbols.includes(BATCH);
}

/** The size where it is a number; undefined where it is open. */
export function sizeOfDim({ factor, symbols }: Dim): number | undefined {
  return symbols.length === 0 ? factor : undefined;
}

export function isSame(left: Dim, right: Dim): boolean {
  const isFoldedAlike = left.outer === right.outer || isSame(left.outer ?? ONE, right.outer ?? ONE);
  return isFoldedAlike && left.factor === right.factor && left.symbols.join(' ') === right.symbols.join(' ');
}

export function isOne(dim: Dim): boolean {
  return sizeOfDim(dim) === 1;
}

/** The sum; of open sizes without rows a symbol of its own. Undefined where the sum of rows and another size has no form. */
export function plus(left: Dim, right: Dim): Dim | undefined {
  if (left.symbols.join(' ') === right.symbols.join(' '))
    return scaled(left.factor + right.factor, left.symbols);
  if (left.factor === 0) return right;
  if (right.factor === 0) return left;
  if (hasBatch(left) || hasBatch(right)) return undefined;
  return symbolDim(`(${[textOf(left), textOf(right)].sort().join('+')})`);
}

/** Nothing, however often, is no size that depends on anything. */
function scaled(factor: number, symbols: readonly string[]): Dim {
  return { factor, symbols: factor === 0 ? [] : symbols };
}

function textOf({ factor, symbols }: Dim): string {
  return [factor, ...symbols].join('*');
}
