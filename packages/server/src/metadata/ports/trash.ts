/** What was removed on a day and waits to be deleted. */
export type TrashDay = {
  /** UTC, `2026-11-29`. */
  day: string;
  entries: number;
  bytes: number;
};

/** Where removed objects or bundles wait before they are deleted, so that a removal by mistake can be undone. */
export interface Trash {
  /** Oldest first. */
  list(): Promise<TrashDay[]>;
  /**
   * Puts back what was removed on `day`, or on any day, and returns how many. It counts as stored now, so that it is not removed
   * again at once. What was stored again meanwhile stays as it is.
   */
  restore(day?: string): Promise<number>;
  /** Deletes what was removed more than so many days ago; 0 deletes all. Returns how many. */
  empty(days: number): Promise<number>;
}
