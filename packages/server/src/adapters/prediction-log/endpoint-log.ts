import type { PredictionLogStats } from '../../journey/serve/index.ts';
import type { Lines } from './pending-lines.ts';
import { openSegment, type SegmentFile } from './segment-file.ts';

export type SegmentLimits = { maxSegmentBytes: number; maxSegmentAgeMs: number };

/** Writes the lines of one endpoint into its segment files. Only one `write` may run at a time. */
export type EndpointLog = {
  /** Writes and syncs; returns how many records are on disk and how many the disk refused. */
  write(parts: readonly Lines[]): Promise<Pick<PredictionLogStats, 'written' | 'dropped'>>;
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
   * Writes and syncs lines. After an error nothing more is appended to the segment: its last line may be torn, and
   * what a failed sync left on disk cannot be known.
   */
  async function writeLines({ day, bytes }: Lines): Promise<boolean> {
    try {
      const file = await segmentFor(day);
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
    async write(parts) {
      const count = { written: 0, dropped: 0 };
      for (const part of parts) count[(await writeLines(part)) ? 'written' : 'dropped'] += part.records;
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
