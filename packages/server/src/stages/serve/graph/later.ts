/** What is there at once, or comes: a graph of models of this process is evaluated without waiting for anything. */
export type Later<T> = T | Promise<T>;

/** Goes on with a value: at once where it is there. */
export function after<T, U>(value: Later<T>, go: (value: T) => Later<U>): Later<U> {
  return value instanceof Promise ? value.then(go) : go(value);
}

/**
 * The results of all works, begun in their order. Where some come later, all of them are waited for, and what the first in the
 * order threw is thrown: so it is the same failure whichever work ends first, and none goes on behind the caller's back.
 */
export function allOf<T>(works: readonly (() => Later<T>)[]): Later<T[]> {
  const begun: Later<T>[] = [];
  let isLater = false;
  for (const work of works) {
    try {
      const value = work();
      isLater ||= value instanceof Promise;
      begun.push(value);
    } catch (error) {
      if (!isLater) throw error;
      begun.push(Promise.reject(error));
      break;
    }
  }
  return isLater ? settled(begun) : (begun as T[]);
}

async function settled<T>(begun: readonly Later<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(begun);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Rows done without letting others have a turn, where there is somebody to let. */
const SLICE_ROWS = 256;

/** Does `work` for rows 0 to `rows`: whole, or with `rest` in slices between which others have a turn. */
export function inSlices(
  rows: number,
  rest: (() => Promise<void>) | undefined,
  work: (from: number, to: number) => void,
): Later<void> {
  if (rest === undefined || rows <= SLICE_ROWS) return work(0, rows);
  return restingBetween(rows, rest, work);
}

async function restingBetween(
  rows: number,
  rest: () => Promise<void>,
  work: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 0; from < rows; from += SLICE_ROWS) {
    if (from > 0) await rest();
    work(from, Math.min(rows, from + SLICE_ROWS));
  }
}
