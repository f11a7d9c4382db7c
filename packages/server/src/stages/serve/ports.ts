import type { CallCount } from './call-count.ts';
import type { PredictionBatch, PredictionRecord } from './model.ts';

export type PredictionLogStats = {
  /** Records that are on disk. */
  written: number;
  /** Records lost: the buffer was full, or the disk refused them. */
  dropped: number;
  /** Records waiting to be written. */
  pending: number;
};

/** Where predictions are remembered. */
export interface PredictionLog {
  /**
   * Takes the batch to be written soon. Never blocks, never throws: when more waits than the buffer holds, the batch
   * is dropped and counted. Written means synced to the disk; a crash loses at most what waited (the flush window).
   */
  append(endpoint: string, batch: PredictionBatch): void;
  stats(): PredictionLogStats;
  /** Writes and syncs all that waits, then closes the files. Later batches are dropped and counted. */
  close(): Promise<void>;
}

/** Where counts of answered and refused calls are kept. */
export interface CallLog {
  /** Takes the counts to be written soon. Never blocks, never throws: more than can wait is dropped. */
  append(endpoint: string, counts: readonly CallCount[]): void;
  /** Writes all that waits, then closes the files. */
  close(): Promise<void>;
}

/** Half-open window of time, epoch milliseconds UTC: `from <= t < to`; unbounded where left out. */
export type TimeWindow = { from?: number; to?: number };

/** Reads what was remembered. */
export interface PredictionLogReader {
  /**
   * The records of the endpoint in the window, in batches of at most a thousand or so; by day and file, so nearly in order of time.
   * Lines that a crash tore are passed over. Records written meanwhile may or may not be seen.
   */
  read(endpoint: string, window: TimeWindow): AsyncIterable<PredictionRecord[]>;
}

/** Reads counts of calls. */
export interface CallLogReader {
  /** Those of the endpoint in the window, nearly in order of time; lines that a crash tore are passed over. */
  calls(endpoint: string, window: TimeWindow): AsyncIterable<CallCount>;
}
