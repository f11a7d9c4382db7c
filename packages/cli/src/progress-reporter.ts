import { bytes as asBytes } from './output.ts';

/** How far a command is. A share is that of the whole phase, 0 to 1; without it rows or bytes tell. */
export type ProgressUpdate = {
  phase: string;
  bytes?: number | undefined;
  totalBytes?: number | undefined;
  rows?: number | undefined;
  totalRows?: number | undefined;
  share?: number | null | undefined;
  /** What is being done, in words. */
  message?: string | null | undefined;
};

export type Progress = {
  update(update: ProgressUpdate): void;
  /** The phase is over, however it ended. Safe to call twice. */
  end(): void;
};

/** One line of standard error with `--json`. */
export type ProgressEvent = {
  event: 'progress';
  phase: string;
  bytes?: number;
  totalBytes?: number;
  rows?: number;
  totalRows?: number;
  /** Of the phase, 0 to 100; null when it cannot be told. */
  percent: number | null;
  /** Since the phase began. */
  elapsedSeconds: number;
  bytesPerSecond?: number;
  rowsPerSecond?: number;
  message?: string;
};

type Output = { isTTY?: boolean; columns?: number; write(text: string): unknown };
type Told = { update: ProgressUpdate; elapsedMs: number };

/** How one kind of output shows it. `every` is the least time between two of its lines within a phase. */
type Display = {
  everyMs: number;
  /** Whether the first update of a phase is shown at once. */
  first: boolean;
  show(told: Told): void;
  /** The last update of a phase: whether it was `shown` already, and whether `any` update of the phase was. */
  close(told: Told, is: { shown: boolean; any: boolean }): void;
};

const CLEAR_LINE = '\r\u001b[2K';
const BAR_WIDTH = 24;
const TERMINAL_EVERY_MS = 100;
const EVENT_EVERY_MS = 1_000;
const PLAIN_EVERY_MS = 10_000;

/**
 * Reports the progress of a command on standard error: with `json` as events, one JSON object a line; on a terminal as
 * one line that is updated; otherwise as a plain line every ten seconds, none for what is over sooner.
 */
export function progressReporter(
  json: boolean | undefined,
  output: Output = process.stderr,
  now: () => number = () => performance.now(),
): Progress {
  const display = json ? events(output) : output.isTTY ? line(output) : plainLines(output);
  let phase:
    | { began: number; shownAt: number | undefined; last: ProgressUpdate; isShown: boolean }
    | undefined;
  const told = (): Told => ({ update: phase!.last, elapsedMs: now() - phase!.began });
  const end = () => {
    if (phase === undefined) return;
    display.close(told(), { shown: phase.isShown, any: phase.shownAt !== undefined });
    phase = undefined;
  };
  return {
    update(update) {
      if (phase?.last.phase !== update.phase) end();
      const isFirst = phase === undefined;
      phase = phase ?? { began: now(), shownAt: undefined, last: update, isShown: false };
      phase.last = update;
      phase.isShown = false;
      const isDue = isFirst ? display.first : now() - (phase.shownAt ?? phase.began) >= display.everyMs;
      if (!isDue) return;
      display.show(told());
      phase.shownAt = now();
      phase.isShown = true;
    },
    end,
  };
}

function events(output: Output): Display {
  const show = (told: Told) => void output.write(`${JSON.stringify(eventOf(told))}\n`);
  return {
    everyMs: EVENT_EVERY_MS,
    first: true,
    show,
    close: (told, { shown }) => {
      if (!shown) show(told);
    },
  };
}

function line(output: Output): Display {
  return {
    everyMs: TERMINAL_EVERY_MS,
    first: true,
    show: (told) => {
      const width = Math.max(20, (output.columns || 100) - 1);
      const withBar = textOf(told, true);
      const text = withBar.length <= width ? withBar : textOf(told, false);
      output.write(`${CLEAR_LINE}${text.slice(0, width)}`);
    },
    close: () => void output.write(CLEAR_LINE),
  };
}

function plainLines(output: Output): Display {
  const show = (told: Told) => void output.write(`${textOf(told, false)}\n`);
  return {
    everyMs: PLAIN_EVERY_MS,
    first: false,
    show,
    close: (told, { shown, any }) => {
      if (any && !shown) show(told);
    },
  };
}

function eventOf({ update, elapsedMs }: Told): ProgressEvent {
  const { phase, bytes, totalBytes, rows, totalRows, message } = update;
  const share = shareOf(update);
  const seconds = elapsedMs / 1000;
  return {
    event: 'progress',
    phase,
    ...(bytes !== undefined && { bytes: Math.round(bytes) }),
    ...(totalBytes !== undefined && { totalBytes }),
    ...(rows !== undefined && { rows }),
    ...(totalRows !== undefined && { totalRows }),
    percent: share === null ? null : rounded(share * 100, 1),
    elapsedSeconds: rounded(seconds, 3),
    ...(bytes !== undefined && isRated(seconds) && { bytesPerSecond: Math.round(bytes / seconds) }),
    ...(rows !== undefined && isRated(seconds) && { rowsPerSecond: Math.round(rows / seconds) }),
    ...(message && { message }),
  };
}

/** Phase, bar, how much of how much, percentage, elapsed time and rate, as far as each is known. */
function textOf({ update, elapsedMs }: Told, withBar: boolean): string {
  const share = shareOf(update);
  const seconds = elapsedMs / 1000;
  const parts = [update.phase.padEnd(9)];
  if (withBar && share !== null) parts.push(progressBar(share));
  parts.push(...amounts(update), `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`, ...rates(update, seconds));
  if (update.message) parts.push(update.message);
  return parts.join('  ');
}

/** How many bytes and rows of how many, and the percentage, as far as each is known. */
export function amounts(update: ProgressUpdate): string[] {
  const { bytes, totalBytes, rows, totalRows } = update;
  const share = shareOf(update);
  return [
    ...(bytes === undefined ? [] : [amount(asBytes(bytes), totalBytes && asBytes(totalBytes), '')]),
    ...(rows === undefined ? [] : [amount(count(rows), totalRows && count(totalRows), ' rows')]),
    ...(share === null ? [] : [`${Math.floor(share * 100)} %`]),
  ];
}

/** What is done a second: rows where they are what is counted, else bytes. */
export function rates({ bytes, rows }: ProgressUpdate, seconds: number): string[] {
  if (!isRated(seconds)) return [];
  if (bytes !== undefined) return [`${asBytes(Math.round(bytes / seconds))}/s`];
  return rows === undefined ? [] : [`${count(Math.round(rows / seconds))} rows/s`];
}

/** Over less time than this a rate says nothing. */
const RATED_SECONDS = 0.5;

function isRated(seconds: number): boolean {
  return seconds >= RATED_SECONDS;
}

function amount(done: string, total: string | 0 | undefined, unit: string): string {
  return total ? `${done} of ${total}${unit}` : `${done}${unit}`;
}

function shareOf({ share, bytes, totalBytes, rows, totalRows }: ProgressUpdate): number | null {
  if (share !== undefined) return share;
  if (rows !== undefined && totalRows) return Math.min(1, rows / totalRows);
  return bytes !== undefined && totalBytes ? Math.min(1, bytes / totalBytes) : null;
}

/** A bar of characters for a share from 0 to 1. */
export function progressBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `${'━'.repeat(full)}${'─'.repeat(BAR_WIDTH - full)}`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function count(rows: number): string {
  return rows.toLocaleString('en');
}
