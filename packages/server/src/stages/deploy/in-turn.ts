/** Runs tasks one after the other, in the order they were given; a failed one does not stop the next. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run.catch(() => undefined);
    return run;
  };
}
