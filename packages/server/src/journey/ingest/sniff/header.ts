import { fits } from '../readings/guess-readings.ts';
import { isMissingWord } from '../settings.ts';

const YEAR = /^(?:1[5-9]|20|21)\d{2}$/;

/**
 * Whether the first record names the columns. It does unless its own cells look like data: at least half of them
 * numbers (years aside, which name columns of wide tables) over columns of numbers.
 */
export function looksLikeHeader(records: readonly string[][]): boolean {
  const [first, ...rest] = records;
  if (first === undefined || rest.length === 0) return true;
  const filled = first.filter((cell) => !isMissingWord(cell));
  const dataLike = first.filter(
    (cell, i) => isNumber(cell) && !YEAR.test(cell.trim()) && mostlyNumbers(rest, i),
  );
  return dataLike.length * 2 < Math.max(1, filled.length);
}

export type NamedColumns = { names: string[]; notes: string[] };

/**
 * Names of the columns: trimmed, empty ones numbered, repeated ones numbered on. Names that differ only in case count
 * as repeated, as most table engines have it.
 */
export function uniqueNames(header: readonly string[]): NamedColumns {
  const taken = new Set(header.map((name) => name.trim().toLowerCase()));
  const seen = new Set<string>();
  const notes: string[] = [];
  const names = header.map((cell, i) => {
    const asked = cell.trim();
    if (asked !== '' && !seen.has(asked.toLowerCase())) {
      seen.add(asked.toLowerCase());
      return asked;
    }
    const name = freeName(asked === '' ? `column_${i + 1}` : asked, taken, seen, asked === '');
    seen.add(name.toLowerCase());
    notes.push(
      asked === ''
        ? `Column ${i + 1} has no name; it is called ${name}.`
        : `The name ${asked} is repeated; column ${i + 1} is called ${name}.`,
    );
    return name;
  });
  return { names, notes };
}

function freeName(base: string, taken: Set<string>, seen: Set<string>, asIs: boolean): string {
  const free = (name: string) => !taken.has(name.toLowerCase()) && !seen.has(name.toLowerCase());
  if (asIs && free(base)) return base;
  for (let n = 2; ; n++) if (free(`${base}_${n}`)) return `${base}_${n}`;
}

function mostlyNumbers(records: readonly string[][], column: number): boolean {
  const cells = records.map((record) => record[column] ?? '').filter((cell) => !isMissingWord(cell));
  return cells.length > 0 && cells.filter(isNumber).length * 2 > cells.length;
}

function isNumber(cell: string): boolean {
  return (
    fits(cell.trim(), { as: 'number', decimal: '.', thousands: '' }) ||
    fits(cell.trim(), { as: 'number', decimal: ',', thousands: '' })
  );
}
