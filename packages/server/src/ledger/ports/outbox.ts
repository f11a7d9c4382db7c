import type { OutboxEvent } from '../model.ts';

/** Events written in the transaction that caused them and told to others afterwards: at least once, in order. */
export interface Outbox {
  add(event: Pick<OutboxEvent, 'topic' | 'subject' | 'payload'>): Promise<OutboxEvent>;
  /** Those not yet told, oldest first; 100 unless told. */
  pending(limit?: number): Promise<OutboxEvent[]>;
  /** Marks them told. Harmless when they are already. */
  settle(sequences: readonly number[]): Promise<void>;
}
