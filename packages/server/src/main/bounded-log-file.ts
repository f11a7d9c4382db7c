import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export type LogFileLimits = {
  /** From this size on the file is renamed to `<name>.1`, and a new one begun. */
  maxBytes: number;
  /** Renamed files that are kept: `<name>.1` is the newest. */
  kept: number;
};

const LIMITS: LogFileLimits = { maxBytes: 16 * 1024 * 1024, kept: 4 };

/** A log of bounded size whose failures are its own: a line that cannot be written is dropped and counted. */
export type LogFile = { write(line: string): void };

/**
 * Appends lines to a file, each before `write` returns, readable by the owner alone. On a full disk, or where the folder is gone,
 * lines are dropped, so that what logs goes on; the first line that can be written again comes after one that `dropped` makes.
 *
 * @param dropped the line that tells how many were dropped, and the last error's code
 */
export function boundedLogFile(
  path: string,
  dropped: (lines: number, code: string) => string,
  { maxBytes, kept }: LogFileLimits = LIMITS,
): LogFile {
  let file: { fd: number; bytes: number } | undefined;
  let lost = { lines: 0, code: '' };
  /** A line of which only a part was written stands alone. */
  let isTorn = false;

  function append(text: string): void {
    const bytes = Buffer.from(text);
    if (file !== undefined && file.bytes + bytes.length > maxBytes) rotate();
    file ??= opened(path);
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(file.fd, bytes, at);
      at += written;
      file.bytes += written;
      isTorn = at < bytes.length;
    }
  }

  function close(): void {
    const last = file;
    file = undefined;
    if (last !== undefined) closeSync(last.fd);
  }

  function rotate(): void {
    close();
    for (let i = kept; i >= 1; i--) renameIfThere(i === 1 ? path : `${path}.${i - 1}`, `${path}.${i}`);
  }

  return {
    write(line) {
      try {
        const before = lost.lines === 0 ? '' : `${dropped(lost.lines, lost.code)}\n`;
        append(`${isTorn ? '\n' : ''}${before}${line}\n`);
        lost = { lines: 0, code: '' };
      } catch (error) {
        lost = { lines: lost.lines + 1, code: (error as NodeJS.ErrnoException).code ?? 'unknown' };
        try {
          close();
        } catch {
          // It is opened anew for the next line.
        }
      }
    },
  };
}

function opened(path: string): { fd: number; bytes: number } {
  const fd = openSync(path, 'a', 0o600);
  return { fd, bytes: fstatSync(fd).size };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
