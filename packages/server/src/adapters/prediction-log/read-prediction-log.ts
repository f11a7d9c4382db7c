import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type PredictionLogReader,
  type PredictionRecord,
  readRecordLine,
  type TimeWindow,
} from '../../stages/serve/index.ts';
import { folderName } from './prediction-log.ts';
import { dayOf } from './segment-file.ts';

const BATCH_RECORDS = 1_000;

/** Reads the log that {@link openPredictionLog} writes into `folder`. */
export function predictionLogReader(folder: string): PredictionLogReader {
  return { read: (endpoint, window) => readPredictionLog(folder, endpoint, window) };
}

export async function* readPredictionLog(
  folder: string,
  endpoint: string,
  window: TimeWindow,
): AsyncGenerator<PredictionRecord[]> {
  const from = window.from ?? Number.NEGATIVE_INFINITY;
  const to = window.to ?? Number.POSITIVE_INFINITY;
  let batch: PredictionRecord[] = [];
  for await (const path of segmentPaths(join(folder, folderName(endpoint)), window)) {
    for await (const line of linesOf(path)) {
      const record = readRecordLine(line);
      if (record === undefined) continue;
      const at = Date.parse(record.ts);
      if (!(at >= from && at < to)) continue;
      batch.push(record);
      if (batch.length < BATCH_RECORDS) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** A segment is opened a moment after the first record that it holds was made, later when the disk stalls. */
const OPENED_LATE_MS = 600_000;

/** The segments that may hold records of the window, oldest first. */
export async function* segmentPaths(folder: string, window: TimeWindow): AsyncGenerator<string> {
  const first = window.from === undefined ? '' : dayOf(window.from);
  const last = window.to === undefined ? '9999-12-31' : dayOf(window.to);
  for (const day of await namesIn(folder)) {
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || day < first || day > last) continue;
    for (const name of await namesIn(join(folder, day))) {
      const path = join(folder, day, name);
      if (name.endsWith('.ndjson') && (await mayHold(path, name, window))) yield path;
    }
  }
}

/** By when it was opened, which its name tells, and when it was last written to. */
async function mayHold(path: string, name: string, { from, to }: TimeWindow): Promise<boolean> {
  if (to !== undefined && name > compactTime(to + OPENED_LATE_MS)) return false;
  return from === undefined || (await stat(path)).mtimeMs >= from;
}

/** As names of segments begin; the end of time for what no date can tell. */
function compactTime(epochMilliseconds: number): string {
  const isTold = epochMilliseconds < Date.UTC(9999, 0);
  return isTold ? new Date(epochMilliseconds).toISOString().replaceAll(/[-:]/g, '') : '9';
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The lines of a file, split at line feeds alone: node:readline also splits at U+2028, which JSON text may hold.
 * What follows the last line feed is a line too; a crash may have torn it.
 */
export async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
