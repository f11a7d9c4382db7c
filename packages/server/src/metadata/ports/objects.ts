/** Where immutable bytes live, named by their SHA-256 (lower-case hex). */
export interface ObjectStore {
  /**
   * Stores the bytes and returns their name. Durable when it resolves: written to a temporary name, synced,
   * renamed to the hash, folder synced. Storing the same bytes twice is one object. Throws `storage.full`.
   */
  put(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }>;

  /** As {@link put} for a local file, which is moved when it lies on the same file system (and is gone afterwards). */
  putFile(path: string): Promise<{ sha256: string; bytes: number }>;

  /** The bytes, verified against the name. Throws `object.missing` or `object.corrupt`. */
  get(sha256: string): Promise<Uint8Array>;

  /** The bytes piece by piece, after the whole was verified. Throws `object.missing` or `object.corrupt` before the first. */
  read(sha256: string): AsyncIterable<Uint8Array>;

  /** A read-only local file with the bytes, verified, for engines that read files. Never write to it. */
  localPath(sha256: string): Promise<string>;

  has(sha256: string): Promise<boolean>;

  /**
   * Erases the bytes at once, unless they were stored anew since then (milliseconds since 1970); past any trash. The caller knows that
   * nothing names them. Returns whether they are gone.
   */
  erase(sha256: string, storedBefore: number): Promise<boolean>;

  /** How many objects there are, and how many {@link collect} would remove. */
  countUnused(keep: ReadonlySet<string>, olderThanMs: number): Promise<StoredCount>;

  /** Removes objects that `keep` does not name and that are older than `olderThanMs`; returns how many went. */
  collect(keep: ReadonlySet<string>, olderThanMs: number): Promise<number>;
}

export type StoredCount = { stored: number; unused: number };
