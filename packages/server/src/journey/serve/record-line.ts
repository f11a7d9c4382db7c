import { isoTime } from '../../kernel/index.ts';
import type { PredictionBatch, PredictionRecord } from './model.ts';

/** The records of a batch, one a row. */
export function recordsOf(batch: PredictionBatch): PredictionRecord[] {
  const ts = isoTime(batch.at);
  return batch.rows.map((row, i) => ({
    id: batch.ids[i]!,
    ts,
    model: batch.model,
    version: batch.version,
    row,
    ...batch.predictions[i]!,
    latencyUs: batch.latencyUs,
  }));
}

/** A record as one line of NDJSON, newline included. Numbers that JSON has not become null. */
export function recordLine(record: PredictionRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** The record on a line, or undefined when the line is torn or is none of ours. */
export function readRecordLine(line: string): PredictionRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is PredictionRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, ts, row } = value as Partial<PredictionRecord>;
  return typeof id === 'string' && typeof ts === 'string' && typeof row === 'object' && row !== null;
}
