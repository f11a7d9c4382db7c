import type { IngestFinding } from '@slipway/contract';
import { isMissingWord } from '../settings.ts';
import type { FoundRecord } from './table-place.ts';

/** Rows looked at below the record that follows the header. */
const ROWS_SEEN = 200;
const NUMBER = /^[-+]?\d[\d.,' ]*(?:e[-+]?\d+)?$/i;
const IN_BRACKETS = /^[([{].{1,20}[)\]}]$/;
const DATE_PATTERN = /^(?=.*[dmyhs])[dmyhst:/. -]{2,25}$/i;
const UNITS = new Set(
  (
    '% ‰ ° °c °f k c f kg g mg µg t lb lbs oz m km cm mm µm nm mi ft in yd m2 m² km2 km² ha m3 m³ l ml hl gal s sec ms µs ns ' +
    'min h hr hrs d day days week weeks month months year years hz khz mhz ghz w kw mw kwh mwh wh j kj kcal cal n kn pa hpa ' +
    'kpa mpa bar mbar psi v mv kv a ma ah mah ω ohm db dba lx lm cd mol ppm ppb ph rad deg m/s km/h mph kn/h rpm 1/s 1/min ' +
    'eur € usd $ gbp £ jpy ¥ chf € k€ t€ m€ b kb mb gb tb bit bits byte bytes px pcs stk stück st. count number nr no.'
  ).split(' '),
);

/**
 * What the record below the header is, where it is no row: `units`, where every cell over a column of numbers is a unit or
 * empty, one at least is a unit, and no other cell is more than a unit or a pattern of dates; `names`, where each of two or
 * more columns of numbers has a word there, which may be a second header or values that are none.
 */
export function belowHeader(records: readonly FoundRecord[]): 'units' | 'names' | null {
  const [, second, ...rows] = records;
  if (second === undefined || rows.length === 0) return null;
  const cells = second.fields.map((cell) => cell.trim());
  const below = rows.slice(0, ROWS_SEEN).map(({ fields }) => fields);
  const numbers = cells.flatMap((_, i) => (isNumeric(below, i) ? [i] : []));
  if (numbers.length === 0 || cells.some((cell) => NUMBER.test(cell))) return null;
  const units = numbers.filter((i) => isUnit(cells[i]!));
  const areUnits =
    units.length > 0 &&
    cells.every((cell) => cell === '' || cell === '-' || isUnit(cell) || DATE_PATTERN.test(cell));
  if (areUnits) return 'units';
  const areWords = numbers.every((i) => !isMissingWord(cells[i]!));
  return areWords && numbers.length > 1 && rows.length > 1 ? 'names' : null;
}

function isNumeric(rows: readonly string[][], column: number): boolean {
  const values = rows.map((row) => (row[column] ?? '').trim()).filter((cell) => !isMissingWord(cell));
  return values.length > 0 && values.every((cell) => NUMBER.test(cell));
}

function isUnit(cell: string): boolean {
  return IN_BRACKETS.test(cell) || UNITS.has(cell.toLowerCase());
}

export function unitsFinding({ fields, place }: FoundRecord): IngestFinding {
  return {
    code: 'units-row',
    severity: 'warning',
    message: `Line ${place.line} holds units below the header and is left out.`,
    line: place.line,
    count: 1,
    value: fields.join(', ').slice(0, 200),
    override: '--header yes',
  };
}

export function secondHeaderFinding({ fields, place }: FoundRecord): IngestFinding {
  return {
    code: 'second-header',
    severity: 'warning',
    message: `Line ${place.line} has words where the columns below it hold numbers. It is read as a row; where it is a second header, take its names instead.`,
    line: place.line,
    value: fields.join(', ').slice(0, 200),
    override: `--header ${place.line}`,
  };
}
