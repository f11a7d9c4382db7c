import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One file of the log, open for appending. Only its writer ever appends to it. */
export type SegmentFile = { handle: FileHandle; day: string; openedAt: number; bytes: number };

/** The day of the log that a moment falls in: `2026-03-01`, UTC. */
export function dayOf(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().slice(0, 10);
}

/**
 * Opens a new, empty segment `<folder>/<day>/<time>-<count>-<random>.ndjson`, readable by the owner alone. Names sort
 * by time, and those that one process made in one millisecond by their count. The file's name is on disk when this resolves: every folder that gained an entry was synced.
 */
export async function openSegment(folder: string, day: string, now: number): Promise<SegmentFile> {
  const dayFolder = join(folder, day);
  const created = await mkdir(dayFolder, { recursive: true, mode: 0o700 });
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '');
  const path = join(dayFolder, `${time}-${nextCount()}-${randomBytes(4).toString('hex')}.ndjson`);
  const handle = await open(path, 'ax', 0o600);
  await syncFolders(dayFolder, created === undefined ? dayFolder : dirname(created));
  return { handle, day, openedAt: now, bytes: 0 };
}

let opened = 0;

/** Six digits that grow with each segment of this process. */
function nextCount(): string {
  opened = (opened + 1) % 1_000_000;
  return String(opened).padStart(6, '0');
}

/** Syncs `folder` and those above it, up to and including `top`. */
async function syncFolders(folder: string, top: string): Promise<void> {
  for (let each = folder; ; each = dirname(each)) {
    const handle = await open(each, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (each === top || each === dirname(each)) return;
  }
}
