import { createHash } from 'node:crypto';

/** Something that was done: who did what to which thing, when, in which request. */
export type AuditEntry = {
  /** From 1, without gaps. */
  sequence: number;
  /** UTC ISO 8601. */
  at: string;
  /** Name of the key, as it was called then, or the part of Slipway that acted. */
  who: string;
  /** Id of the key; null for what Slipway did, for callers without a key, and in entries of earlier versions. */
  principal: string | null;
  /** The operation, or what happened: `alias.move`. */
  what: string;
  subject: string;
  requestId: string | null;
  details: Record<string, unknown>;
  previousHash: string;
  hash: string;
};

export type NewAuditEntry = {
  who: string;
  /** The key on whose behalf this runs when left out. */
  principal?: string | null;
  what: string;
  subject: string;
  requestId?: string;
  details?: Record<string, unknown>;
};

export type AuditVerdict =
  | { holds: true; entries: number; head: { sequence: number; hash: string } | null }
  | { holds: false; entries: number; brokenAt: number; says: string };

/** What the first entry follows. */
export const CHAIN_START = '0'.repeat(64);

/** Entries without a principal are hashed as those of earlier versions were. */
const DOMAIN = 'slipway.audit.v1';
const DOMAIN_WITH_PRINCIPAL = 'slipway.audit.v2';

/**
 * SHA-256 (hex) of the domain, each field of the entry with its length before it, and the previous hash. Lengths
 * keep two different entries from reading alike.
 */
export function auditHash(entry: Omit<AuditEntry, 'hash'>): string {
  const hash = createHash('sha256').update(entry.principal === null ? DOMAIN : DOMAIN_WITH_PRINCIPAL);
  for (const field of fieldsOf(entry)) {
    const bytes = Buffer.from(field, 'utf8');
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(bytes.length));
    hash.update(length).update(bytes);
  }
  return hash.update(entry.previousHash, 'hex').digest('hex');
}

function fieldsOf(entry: Omit<AuditEntry, 'hash'>): string[] {
  const { sequence, at, who, principal, what, subject, requestId, details } = entry;
  const request = requestId === null ? '-' : `+${requestId}`;
  const by = principal === null ? [who] : [who, principal];
  return [String(sequence), at, ...by, what, subject, request, canonicalJson(details)];
}

/** JSON with sorted keys and no spaces, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** A walk along the chain, entry by entry in order; `next` says what is wrong with one, or nothing. */
export function chainWalker(): {
  next(entry: AuditEntry): string | undefined;
  head(): AuditEntry | undefined;
} {
  let last: AuditEntry | undefined;
  return {
    head: () => last,
    next(entry) {
      const expected = (last?.sequence ?? 0) + 1;
      if (entry.sequence !== expected) return `entry ${expected} is missing`;
      if (entry.previousHash !== (last?.hash ?? CHAIN_START)) return 'it does not follow the entry before it';
      if (entry.hash !== auditHash(entry)) return 'its content does not match its hash';
      last = entry;
      return undefined;
    },
  };
}
