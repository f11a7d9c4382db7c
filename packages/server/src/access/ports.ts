import type { AuditEntry, AuditVerdict, NewAuditEntry } from './audit-chain.ts';
import type { ApiKey, NewApiKey } from './model.ts';

/** The keys there are, by the hash of their secrets. */
export interface KeyStore {
  add(key: NewApiKey): Promise<ApiKey>;
  /** Whatever its state. */
  byHash(hash: string): Promise<ApiKey | undefined>;
  /** Newest first, revoked ones too. */
  list(): Promise<ApiKey[]>;
  /** Harmless when it is revoked already. Throws `key.missing`. */
  revoke(id: string): Promise<ApiKey>;
  /** Remembers, to the minute, that the key was used. */
  touch(id: string): Promise<void>;
}

/**
 * What was done by whom, in one line that nobody can bend: each entry's hash covers the entry and the hash before
 * it, entries are numbered from 1 without gaps, and the database refuses to change or remove them.
 */
export interface AuditLog {
  /** Appends; concurrent appends wait for each other until the transaction ends, so the line never forks. */
  append(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Newest first; 100 unless told. */
  list(options?: { before?: number; limit?: number }): Promise<AuditEntry[]>;
  /** Walks the whole line. With `anchor`, an entry remembered elsewhere, a rewritten or shortened line shows too. */
  verify(anchor?: { sequence: number; hash: string }): Promise<AuditVerdict>;
}

/** An entry of the audit log that is remembered outside the database. */
export interface AuditAnchorFile {
  /** Throws `audit.anchor-unreadable`. */
  read(): Promise<{ sequence: number; hash: string } | undefined>;
  /** Durable and whole, or as it was before. */
  write(anchor: { sequence: number; hash: string }): Promise<void>;
}

/** A file on this machine that holds a secret, readable by its user alone. */
export interface SecretFile {
  read(): Promise<string | undefined>;
  /** Durable and whole, or not there at all. */
  write(secret: string): Promise<void>;
}

/** What the use cases here need of the database. */
export type AccessStores = { keys: KeyStore; audit: AuditLog };

export interface AccessDatabase {
  readonly stores: AccessStores;
  transaction<T>(work: (stores: AccessStores) => Promise<T>): Promise<T>;
}
