/** Promises that wait for an answer, by number; each ends at its time limit at the latest. */
export type Waiters<T> = {
  /** Waits for the answer to `id`; rejects with `late` after `limitMs`. */
  wait(id: number, limitMs: number, late: Error): Promise<T>;
  resolve(id: number, value: T): void;
  /** Resolves every one whose id is at most `id`. */
  resolveUpTo(id: number, value: T): void;
  rejectAll(error: Error): void;
};

type Waiter<T> = { id: number; resolve: (value: T) => void; reject: (error: Error) => void };

export function waiters<T>(): Waiters<T> {
  const waiting = new Set<Waiter<T>>();

  function settle(which: (waiter: Waiter<T>) => boolean, how: (waiter: Waiter<T>) => void): void {
    for (const waiter of [...waiting].filter(which)) how(waiter);
  }

  return {
    wait: (id, limitMs, late) =>
      new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => waiter.reject(late), limitMs);
        const end = () => {
          clearTimeout(timer);
          waiting.delete(waiter);
        };
        const waiter: Waiter<T> = {
          id,
          resolve: (value) => {
            end();
            resolve(value);
          },
          reject: (error) => {
            end();
            reject(error);
          },
        };
        waiting.add(waiter);
      }),
    resolve: (id, value) =>
      settle(
        (waiter) => waiter.id === id,
        (waiter) => waiter.resolve(value),
      ),
    resolveUpTo: (id, value) =>
      settle(
        (waiter) => waiter.id <= id,
        (waiter) => waiter.resolve(value),
      ),
    rejectAll: (error) =>
      settle(
        () => true,
        (waiter) => waiter.reject(error),
      ),
  };
}
