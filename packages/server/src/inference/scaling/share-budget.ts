/** What one model asks for. */
export type Wish = {
  name: string;
  /** Workers that it keeps whatever happens. */
  floor: number;
  /** Workers that its load asks for. */
  forLoad: number;
  /** Memory that one of them takes. */
  bytesEach: number;
  /** How long it had no load, where it may go when memory is short. */
  idleForMs: number | undefined;
};

/** What all models together may have: workers under load, and memory of all workers. */
export type Budget = { workers: number; bytes: number };

/**
 * Shares the machine among the models, by name. In this order:
 *
 * 1. Each has its floor, and the first worker that its load asks for: no model starves, however full the machine is.
 * 2. Where that is more memory than there is, models that may go do, those without load for longest first.
 * 3. Each worker more goes to the model under load that has fewest (max-min fairness; equal ones in the order of their
 *    names), while it is within the budget. Workers that a model keeps without load take memory of it, but no workers.
 */
export function shareBudget(wishes: readonly Wish[], budget: Budget): Map<string, number> {
  const granted = new Map(wishes.map((wish) => [wish.name, Math.max(wish.floor, Math.min(1, wish.forLoad))]));
  yieldMemory(wishes, granted, budget.bytes);
  for (;;) {
    const next = neediest(wishes, granted, budget);
    if (next === undefined) return granted;
    granted.set(next.name, granted.get(next.name)! + 1);
  }
}

function yieldMemory(wishes: readonly Wish[], granted: Map<string, number>, bytes: number): void {
  const idle = wishes
    .filter((wish) => wish.idleForMs !== undefined && wish.forLoad === 0)
    .toSorted((a, b) => b.idleForMs! - a.idleForMs! || (a.name < b.name ? -1 : 1));
  for (const { name } of idle) {
    if (bytesOf(wishes, granted) <= bytes) return;
    granted.set(name, 0);
  }
}

function neediest(
  wishes: readonly Wish[],
  granted: ReadonlyMap<string, number>,
  { workers, bytes }: Budget,
): Wish | undefined {
  const underLoad = wishes.reduce((sum, { name, forLoad }) => sum + Math.min(forLoad, granted.get(name)!), 0);
  if (underLoad >= workers) return undefined;
  const bytesLeft = bytes - bytesOf(wishes, granted);
  const [first] = wishes
    .filter(({ name, forLoad, bytesEach }) => granted.get(name)! < forLoad && bytesEach <= bytesLeft)
    .toSorted((a, b) => granted.get(a.name)! - granted.get(b.name)! || (a.name < b.name ? -1 : 1));
  return first;
}

function bytesOf(wishes: readonly Wish[], granted: ReadonlyMap<string, number>): number {
  return wishes.reduce((sum, { name, bytesEach }) => sum + granted.get(name)! * bytesEach, 0);
}
