import type { PredictionLogStats } from '../../stages/serve/index.ts';
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

  /** Whether a new segment is due: for a new day, or when this one is full or old. */
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
   * Writes lines, which are not synced yet. After an error nothing more is appended to the segment: its last line may be
   * torn, and what a failed sync left on disk cannot be known.
   */
  async function append({ day, bytes }: Lines): Promise<boolean> {
    return unlessBroken(async () => {
      segment ??= await openSegment(folder, day, now());
      await writeWholly(segment, bytes);
      segment.bytes += bytes.length;
    });
  }

  async function unlessBroken(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch {
      await close().catch(() => undefined);
      return false;
    }
  }

  return {
    async write(parts) {
      const count = { written: 0, dropped: 0 };
      let unsynced = 0;
      /** One sync for all parts of a segment: it costs more than writing them. */
      const settle = async () => {
        if (unsynced === 0) return;
        const isSynced = await unlessBroken(() => segment!.handle.datasync());
        count[isSynced ? 'written' : 'dropped'] += unsynced;
        unsynced = 0;
      };
      for (const part of parts) {
        if (segment !== undefined && isOver(segment, part.day)) {
          await settle();
          await close().catch(() => undefined);
        }
        if (await append(part)) {
          unsynced += part.records;
        } else {
          count.dropped += unsynced + part.records;
          unsynced = 0;
        }
      }
      await settle();
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
