import type { Clock } from '../kernel/index.ts';
import type { NewAuditEntry } from './audit-chain.ts';

/** What is recorded of a read, or of a call that was refused. */
export type Noted = NewAuditEntry & { principal: string | null };

/** Repeats are counted for so long before the count is appended. */
const WINDOW_MS = 10 * 60_000;

/** Different entries of one window; what goes beyond is counted in one entry. */
const MOST = { read: 500, denial: 50 } as const;

type Kind = keyof typeof MOST;
type Counted = { first: Noted; repeats: number };
type Window = { begun: number; seen: Map<string, Counted>; beyond: number };

export type AuditRecorder = {
  /** Appends an entry. */
  each(entry: Noted): Promise<void>;
  /** The first of a window is appended at once; the same again by the same key is counted. */
  read(entry: Noted): Promise<void>;
  /** As {@link AuditRecorder.read}, with a count of its own: a flood of refusals cannot hide a read, nor fill the disk. */
  denial(entry: Noted): Promise<void>;
  /** Appends the counts of windows that are over, or of all. */
  flush(which: 'over' | 'all'): Promise<void>;
};

/**
 * Records reads and refusals in the audit log with a bounded number of entries: for each kind at most `2 × MOST + 1` in
 * a window, however many there are.
 */
export function auditRecorder(
  append: (entry: NewAuditEntry) => Promise<unknown>,
  clock: Pick<Clock, 'now'>,
): AuditRecorder {
  const windows = new Map<Kind, Window>();

  const note = async (kind: Kind, entry: Noted): Promise<void> => {
    const window = await current(kind);
    const key = JSON.stringify([
      entry.principal ?? entry.who,
      entry.what,
      kind === 'read' ? entry.subject : '',
    ]);
    const known = window.seen.get(key);
    if (known !== undefined) known.repeats++;
    else if (window.seen.size >= MOST[kind]) window.beyond++;
    else {
      window.seen.set(key, { first: entry, repeats: 0 });
      await append(entry);
    }
  };

  const current = async (kind: Kind): Promise<Window> => {
    const now = clock.now();
    const window = windows.get(kind);
    if (window !== undefined && now - window.begun < WINDOW_MS) return window;
    const next: Window = { begun: now, seen: new Map(), beyond: 0 };
    windows.set(kind, next);
    if (window !== undefined) await close(kind, window, now);
    return next;
  };

  const close = async (kind: Kind, { begun, seen, beyond }: Window, now: number): Promise<void> => {
    const during = { from: new Date(begun).toISOString(), to: new Date(now).toISOString() };
    for (const { first, repeats } of seen.values()) {
      if (repeats === 0) continue;
      const { who, principal, what, subject, details } = first;
      await append({ who, principal, what, subject, details: { ...details, repeats, ...during } });
    }
    if (beyond === 0) return;
    const details = { count: beyond, ...during };
    await append({ who: 'slipway', principal: null, what: `audit.more-${kind}s`, subject: kind, details });
  };

  return {
    each: async (entry) => void (await append(entry)),
    read: (entry) => note('read', entry),
    denial: (entry) => note('denial', entry),
    async flush(which) {
      const now = clock.now();
      for (const [kind, window] of [...windows]) {
        if (which === 'over' && now - window.begun < WINDOW_MS) continue;
        windows.delete(kind);
        await close(kind, window, now);
      }
    },
  };
}
