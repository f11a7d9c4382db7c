import { asThisUserRuns } from './own-command.ts';

/** Talk goes to stderr, data to stdout. */
export function say(text = ''): void {
  process.stderr.write(`${asThisUserRuns(text)}\n`);
}

/** A line of the result, for people. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** The result: JSON on stdout when asked for, else what `show` says. */
export function answer(value: unknown, json: boolean | undefined, show: () => void): void {
  if (json) process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : 0)}\n`);
  else show();
}

/** A plain table on stdout: columns as wide as they need to be; on a terminal the widest are cut to its width. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const cells = [headers, ...rows].map((row) => row.map((cell) => clean(cell === null ? '–' : String(cell))));
  const widths = fitted(
    headers.map((_, column) => Math.max(...cells.map((row) => row[column]!.length))),
    process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY,
  );
  for (const [index, row] of cells.entries()) {
    process.stdout.write(
      `${row
        .map((cell, column) => cutTo(cell, widths[column]!).padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    );
    if (index === 0) process.stdout.write(`${widths.map((width) => '─'.repeat(width)).join('  ')}\n`);
  }
}

const LEAST_WIDTH = 8;
const BETWEEN = 2;

/** Takes from the widest column until the row fits `room`, and from none below eight characters. */
export function fitted(widths: readonly number[], room: number): number[] {
  const fits = [...widths];
  for (;;) {
    const widest = Math.max(...fits);
    const total = fits.reduce((sum, width) => sum + width, 0) + BETWEEN * (fits.length - 1);
    if (total <= room || widest <= LEAST_WIDTH) return fits;
    fits[fits.indexOf(widest)]! -= 1;
  }
}

function cutTo(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Names come from data: control characters must not reach the terminal. */
export function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** Bytes for people. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

export function figure(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : String(Number(value.toPrecision(5)));
}
