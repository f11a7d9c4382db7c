/**
 * What waits, by whom it belongs to: the owner that has been given least has the next turn, and has its own in the order in which
 * they came. An owner that comes back after a pause has no claim to what it did not use meanwhile.
 *
 * Start-time fair queuing (Goyal, Vin, Cheng 1996) with equal weights.
 */
export class FairLine<T> {
  readonly #owners = new Map<string, Owner<T>>();
  readonly #waiting = new Set<Owner<T>>();
  /** What the owner that was served last had been given then. */
  #now = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(name: string): number {
    return this.#owners.get(name)?.items.length ?? 0;
  }

  add(name: string, item: T): void {
    const owner = this.#ownerNamed(name);
    if (owner.items.push(item) === 1) {
      owner.given = Math.max(owner.given, this.#now);
      this.#waiting.add(owner);
    }
    this.#size++;
  }

  /** The next one, and who is to be charged for it; undefined when nobody waits. */
  take(): { item: T; charge: (amount: number) => void } | undefined {
    let next: Owner<T> | undefined;
    for (const owner of this.#waiting) if (next === undefined || owner.given < next.given) next = owner;
    if (next === undefined) return undefined;
    const owner = next;
    this.#now = owner.given;
    const item = owner.items.shift()!;
    if (owner.items.length === 0) this.#waiting.delete(owner);
    this.#size--;
    return {
      item,
      charge: (amount) => {
        owner.given += amount;
      },
    };
  }

  /** Of all, those that `isChosen` holds for, which leave. */
  remove(isChosen: (item: T) => boolean): T[] {
    const removed: T[] = [];
    for (const owner of this.#waiting) {
      const left: T[] = [];
      for (const item of owner.items) (isChosen(item) ? removed : left).push(item);
      owner.items = left;
      if (left.length === 0) this.#waiting.delete(owner);
    }
    this.#size -= removed.length;
    return removed;
  }

  #ownerNamed(name: string): Owner<T> {
    const known = this.#owners.get(name);
    if (known !== undefined) return known;
    // Endpoints come and go: those that have nothing here are forgotten now and then.
    if (this.#owners.size >= MOST_REMEMBERED && this.#size === 0) this.#owners.clear();
    const owner: Owner<T> = { items: [], given: this.#now };
    this.#owners.set(name, owner);
    return owner;
  }
}

type Owner<T> = { items: T[]; given: number };

const MOST_REMEMBERED = 1000;
