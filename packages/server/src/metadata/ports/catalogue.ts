import type { Dataset, DatasetVersion, NewDatasetVersion, NewUpload, Upload } from '../model.ts';

/** The datasets there are. Versions are immutable; concurrent additions get numbers one after the other. */
export interface DatasetStore {
  /** Throws `dataset.exists`. */
  create(name: string): Promise<Dataset>;
  find(name: string): Promise<Dataset | undefined>;
  /** Throws `dataset.missing`. */
  get(name: string): Promise<Dataset>;
  /** By name. */
  list(): Promise<Dataset[]>;
  /**
   * Adds the next version. Adding a manifest that the dataset has already returns the version it has, so a retry
   * is harmless. Throws `dataset.missing`.
   */
  addVersion(name: string, version: NewDatasetVersion): Promise<DatasetVersion>;
  /** The version, or the latest. Throws `dataset.missing` or `dataset.version-missing`. */
  version(name: string, version?: number): Promise<DatasetVersion>;
  /** Oldest first. Throws `dataset.missing`. */
  versions(name: string): Promise<DatasetVersion[]>;
  /** Hashes of all segments of all versions: what `ObjectStore.collect` must keep. */
  segmentHashes(): Promise<Set<string>>;
}

/** Files that wait to be used. */
export interface UploadStore {
  add(upload: NewUpload): Promise<Upload>;
  find(id: string): Promise<Upload | undefined>;
  /** Throws `upload.missing`. */
  get(id: string): Promise<Upload>;
  /** Newest first, of one key or of all. */
  list(filter: { owner?: string; limit: number }): Promise<Upload[]>;
  count(filter: { owner?: string }): Promise<number>;
  /** Throws `upload.missing`. */
  remove(id: string): Promise<Upload>;
  /** Whether one with these bytes waits. */
  hasBytes(sha256: string): Promise<boolean>;
  /** Forgets those older than this; returns how many went. Their bytes go with the next `ObjectStore.collect`. */
  forget(olderThanMs: number): Promise<number>;
  /** Bytes of those that this key made; the same bytes uploaded twice count once. */
  bytesOf(owner: string): Promise<number>;
  /** Hashes of all that wait: what `ObjectStore.collect` must keep. */
  hashes(): Promise<Set<string>>;
}
