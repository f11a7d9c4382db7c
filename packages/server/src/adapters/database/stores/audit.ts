import { and, asc, desc, gt, lt, sql as statement } from 'drizzle-orm';
import {
  type AuditEntry,
  type AuditLog,
  type AuditVerdict,
  auditHash,
  CHAIN_START,
  chainWalker,
} from '../../../access/index.ts';
import { actingNow } from '../../../kernel/index.ts';
import { ADVISORY_LOCKS } from '../advisory-locks.ts';
import { auditEntries } from '../schema/index.ts';
import { iso, rowsOf, type Session, type Sql } from '../session.ts';

const PAGE = 1000;

export function auditLog({ sql, clock }: Session): AuditLog {
  return {
    append({ who, principal, what, subject, requestId, details = {} }) {
      const acting = actingNow();
      return sql.transaction(async (tx) => {
        await rowsOf(tx, statement`select pg_advisory_xact_lock(${ADVISORY_LOCKS.audit})`);
        const [last] = await entriesFrom(tx, 'newest', 1);
        const linked = {
          sequence: (last?.sequence ?? 0) + 1,
          at: iso(new Date(clock.now())),
          who: storable(who),
          principal: principal === undefined ? (acting?.principal ?? null) : principal,
          what: storable(what),
          subject: storable(subject),
          requestId: storableOrNull(requestId ?? acting?.requestId),
          details: JSON.parse(JSON.stringify(details)) as AuditEntry['details'],
          previousHash: last?.hash ?? CHAIN_START,
        };
        const entry = { ...linked, hash: auditHash(linked) };
        await tx.insert(auditEntries).values({ ...entry, at: new Date(entry.at) });
        return entry;
      });
    },
    async list({ before, limit = 100 } = {}) {
      const rows = await sql
        .select()
        .from(auditEntries)
        .where(before === undefined ? undefined : lt(auditEntries.sequence, before))
        .orderBy(desc(auditEntries.sequence))
        .limit(limit);
      return rows.map(entryOf);
    },
    verify: (anchor) => verify(sql, anchor),
  };
}

/** PostgreSQL's text holds no NUL, and what an attacker sends must not keep its own trace out. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function storableOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}

async function verify(sql: Sql, anchor?: { sequence: number; hash: string }): Promise<AuditVerdict> {
  const walker = chainWalker();
  for (;;) {
    const page = await entriesFrom(sql, walker.head()?.sequence ?? 0, PAGE);
    for (const entry of page) {
      const wrong = walker.next(entry) ?? againstAnchor(entry, anchor);
      if (wrong !== undefined) return broken(walker.head(), entry.sequence, wrong);
    }
    if (page.length < PAGE) break;
  }
  const head = walker.head();
  const length = head?.sequence ?? 0;
  if (anchor && anchor.sequence > length)
    return broken(head, length + 1, 'the entries up to the anchor are gone');
  return { holds: true, entries: length, head: head ? { sequence: head.sequence, hash: head.hash } : null };
}

function againstAnchor(entry: AuditEntry, anchor?: { sequence: number; hash: string }): string | undefined {
  if (entry.sequence !== anchor?.sequence || entry.hash === anchor.hash) return undefined;
  return 'it is not the entry that was anchored';
}

function broken(head: AuditEntry | undefined, brokenAt: number, says: string): AuditVerdict {
  return { holds: false, entries: head?.sequence ?? 0, brokenAt, says };
}

async function entriesFrom(sql: Sql, from: 'newest' | number, limit: number): Promise<AuditEntry[]> {
  const query = sql.select().from(auditEntries);
  const rows =
    from === 'newest'
      ? await query.orderBy(desc(auditEntries.sequence)).limit(limit)
      : await query
          .where(and(gt(auditEntries.sequence, from)))
          .orderBy(asc(auditEntries.sequence))
          .limit(limit);
  return rows.map(entryOf);
}

function entryOf(row: typeof auditEntries.$inferSelect): AuditEntry {
  return { ...row, at: iso(row.at), details: row.details as AuditEntry['details'] };
}
