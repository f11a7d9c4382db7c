import { isoTime, parseExactJson } from '../../kernel/index.ts';
import type { PredictionBatch, PredictionRecord } from './model.ts';

/** Writes record i of a batch as a line of NDJSON, line feed included. */
export type LineWriter = (batch: PredictionBatch, i: number) => string;

/** Makes a {@link LineWriter}, which remembers the last moment it wrote, since many records share one. */
export function lineWriter(): LineWriter {
  let at = Number.NaN;
  let ts = '';
  return (batch, i) => {
    if (batch.at !== at) {
      at = batch.at;
      ts = isoTime(at);
    }
    const { model, version, deployment, latencyUs } = batch;
    const deployed = deployment === undefined ? '' : `"deployment":"${deployment}",`;
    const score = batch.scores[i]!;
    const took = batch.took?.[i];
    return (
      `{"id":"${batch.ids[i]!}","ts":"${ts}","model":${JSON.stringify(model)},"version":${version},${deployed}` +
      `"latencyUs":${latencyUs},"row":${batch.rowTexts[i]!},"score":${Number.isFinite(score) ? score : null},` +
      `${batch.answerTexts[i]!}${took === undefined ? '' : `,"took":${JSON.stringify(took)}`}}\n`
    );
  };
}

/** The record on a line, or undefined when the line is torn or is none of ours. */
export function readRecordLine(line: string): PredictionRecord | undefined {
  try {
    const value = parseExactJson(line);
    return isRecord(value) ? asKept(value) : undefined;
  } catch {
    return undefined;
  }
}

/** A class is text inside Slipway, whatever type it has in answers. */
function asKept(record: PredictionRecord): PredictionRecord {
  const isClass = record.probabilities !== undefined && typeof record.value !== 'string';
  return isClass ? { ...record, value: String(record.value) } : record;
}

function isRecord(value: unknown): value is PredictionRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, ts, row } = value as Partial<PredictionRecord>;
  return typeof id === 'string' && typeof ts === 'string' && typeof row === 'object' && row !== null;
}
