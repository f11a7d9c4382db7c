import type { OutboxEvent } from '../model.ts';

/**
 * What happened, written in the transaction that caused it and told afterwards: in order, to everybody who asks. Whoever
 * reads remembers the last sequence it has seen, and so misses nothing and is told nothing twice.
 */
export interface Outbox {
  /** Additions form a line until their transactions end, so that no event shows up before one with a lower sequence. */
  add(event: Pick<OutboxEvent, 'topic' | 'subject' | 'payload'>): Promise<OutboxEvent>;
  /** Oldest first, those after a sequence; 100 unless told. */
  list(filter?: { after?: number; limit?: number }): Promise<OutboxEvent[]>;
  /** Forgets those older than this; returns how many went. */
  forget(olderThanMs: number): Promise<number>;
}
