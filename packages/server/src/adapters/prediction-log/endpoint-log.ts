import {
  type PredictionBatch,
  type PredictionLogStats,
  recordLine,
  recordsOf,
} from '../../journey/serve/index.ts';
import { dayOf, openSegment, type SegmentFile } from './segment-file.ts';

export type SegmentLimits = { maxSegmentBytes: number; maxSegmentAgeMs: number };

/** Lines are made and written in chunks of about this size, so that making them never holds the thread for long. */
const CHUNK_BYTES = 256 * 1024;

/** Writes the batches of one endpoint into its segment files. Only one `write` may run at a time. */
export type EndpointLog = {
  /** Writes and syncs the batches; returns how many records are on disk and how many the disk refused. */
  write(batches: readonly PredictionBatch[]): Promise<Pick<PredictionLogStats, 'written' | 'dropped'>>;
  close(): Promise<void>;
};

export function endpointLog(folder: string, limits: SegmentLimits, now: () => number): EndpointLog {
  let segment: SegmentFile | undefined;

  /** The segment to go on with; a new one for a new day, or when the last is full or old. */
  async function segmentFor(day: string): Promise<SegmentFile> {
    if (segment !== undefined && !isOver(segment, day)) return segment;
    await close();
    segment = await openSegment(folder, day, now());
    return segment;
  }

  function isOver(file: SegmentFile, day: string): boolean {
    const old = now() - file.openedAt >= limits.maxSegmentAgeMs;
    return old || file.day !== day || file.bytes >= limits.maxSegmentBytes;
  }

  async function close(): Promise<void> {
    const last = segment;
    segment = undefined;
    await last?.handle.close();
  }

  /**
   * Writes and syncs one chunk. After an error nothing more is appended to the segment: its last line may be torn,
   * and what a failed sync left on disk cannot be known.
   */
  async function writeChunk(day: string, text: string): Promise<boolean> {
    try {
      const file = await segmentFor(day);
      const bytes = Buffer.from(text, 'utf8');
      await writeWholly(file, bytes);
      await file.handle.datasync();
      file.bytes += bytes.length;
      return true;
    } catch {
      await close().catch(() => undefined);
      return false;
    }
  }

  return {
    async write(batches) {
      const count = { written: 0, dropped: 0 };
      for (const chunk of chunksOf(batches)) {
        const done = await writeChunk(chunk.day, chunk.text);
        count[done ? 'written' : 'dropped'] += chunk.records;
      }
      return count;
    },
    close,
  };
}

async function writeWholly(file: SegmentFile, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

type Chunk = { day: string; text: string; records: number };

/** The lines of the batches, made as they are asked for; a chunk never spans two days. */
function* chunksOf(batches: readonly PredictionBatch[]): Generator<Chunk> {
  let chunk: Chunk = { day: '', text: '', records: 0 };
  for (const batch of batches) {
    const day = dayOf(batch.at);
    for (const record of recordsOf(batch)) {
      if (chunk.records > 0 && (chunk.day !== day || chunk.text.length >= CHUNK_BYTES)) {
        yield chunk;
        chunk = { day, text: '', records: 0 };
      }
      chunk.day = day;
      chunk.text += recordLine(record);
      chunk.records++;
    }
  }
  if (chunk.records > 0) yield chunk;
}
