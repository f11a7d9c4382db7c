import { dayOf } from './segment-file.ts';

/** Lines of one day, ready to be written. */
export type Lines = { day: string; bytes: Buffer; records: number };

const PART_BYTES = 256 * 1024;

/**
 * Gathers lines as bytes, in parts that never span two days. Bytes outside the heap, since thousands of objects that
 * wait for a tenth of a second are what a generational collector is worst at.
 */
export type PendingLines = {
  add(at: number, line: string): void;
  /** Takes all lines out. */
  take(): Lines[];
};

export function pendingLines(): PendingLines {
  let full: Lines[] = [];
  let part = Buffer.alloc(0);
  let used = 0;
  let records = 0;
  let day = '';
  let dayEnds = Number.NEGATIVE_INFINITY;
  let dayStarts = Number.POSITIVE_INFINITY;

  function seal(): void {
    if (records > 0) full.push({ day, bytes: part.subarray(0, used), records });
    part = part.subarray(used);
    used = 0;
    records = 0;
  }

  function startDay(at: number): void {
    seal();
    day = dayOf(at);
    dayStarts = Date.parse(`${day}T00:00:00.000Z`);
    dayEnds = dayStarts + 86_400_000;
  }

  return {
    add(at, line) {
      if (at < dayStarts || at >= dayEnds) startDay(at);
      const bytes = Buffer.byteLength(line);
      if (part.length - used < bytes) {
        seal();
        part = Buffer.allocUnsafeSlow(Math.max(PART_BYTES, bytes));
      }
      // As many bytes as characters is ASCII, which is copied where UTF-8 would be transcoded.
      used += part.write(line, used, bytes === line.length ? 'latin1' : 'utf8');
      records++;
    },
    take() {
      seal();
      const taken = full;
      full = [];
      return taken;
    },
  };
}
