/** Talk goes to stderr, data to stdout. */
export function say(text = ''): void {
  process.stderr.write(`${text}\n`);
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

/** A plain table on stdout: columns as wide as they need to be. */
export function table(
  headers: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): void {
  const cells = [headers, ...rows].map((row) => row.map((cell) => clean(cell === null ? '–' : String(cell))));
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  for (const [index, row] of cells.entries()) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    );
    if (index === 0) process.stdout.write(`${widths.map((width) => '─'.repeat(width)).join('  ')}\n`);
  }
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
