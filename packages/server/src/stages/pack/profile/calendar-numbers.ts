import type { ColumnTime } from '../model.ts';

type Cycle = Extract<ColumnTime, { follows: 'cycle' }>;
/** What a column of whole numbers holds by its name, the range it must keep to, and how often it starts again. */
type Field = { names: readonly string[]; from: number; to: number; days: Cycle['days'] };

const FIELDS: readonly Field[] = [
  { names: ['hour', 'hourofday', 'hr'], from: 0, to: 24, days: 1 },
  { names: ['weekday', 'dayofweek', 'dow', 'wday', 'dayweek'], from: 0, to: 7, days: 7 },
  { names: ['weekend', 'isweekend'], from: 0, to: 1, days: 7 },
  { names: ['day', 'dayofmonth', 'mday', 'dom'], from: 1, to: 31, days: 31 },
  { names: ['month', 'monthofyear', 'mnth', 'mon'], from: 0, to: 12, days: 366 },
  { names: ['quarter', 'quarterofyear', 'qtr'], from: 1, to: 4, days: 366 },
  { names: ['week', 'weekofyear', 'weeknumber', 'weekno', 'isoweek'], from: 0, to: 53, days: 366 },
  { names: ['dayofyear', 'doy', 'yday'], from: 0, to: 366, days: 366 },
  { names: ['holiday', 'isholiday', 'publicholiday'], from: 0, to: 1, days: 366 },
  { names: ['season'], from: 0, to: 4, days: 366 },
];

/** The field of the calendar that a column holds by its name, as `order_dow` or `hourOfDay`; undefined where it is none. */
export function calendarFieldOf(name: string): Omit<Field, 'names'> | undefined {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  const endings = words.map((_, i) => words.slice(i).join(''));
  // `order_month` is a month; `price_per_hour` and `hours_last_week` are none.
  if (words.includes('per') || words.includes('last') || words.length > 4) return undefined;
  return FIELDS.find(({ names }) => endings.some((ending) => names.includes(ending)));
}

/** Whether every value is a whole number of the field. */
export function keepsTo(values: Float64Array, { from, to }: Pick<Field, 'from' | 'to'>): boolean {
  return (
    values.length > 0 && values.every((value) => Number.isInteger(value) && value >= from && value <= to)
  );
}

/** Whole numbers that are all dates written without marks (20240131), or all moments since 1970, of 2000 to 2100. */
export function readAsDates(values: Float64Array): boolean {
  if (values.length === 0 || !values.every(Number.isInteger)) return false;
  const all = (is: (value: number) => boolean) => values.every(is);
  return all(isPlainDate) || all(isEpoch(1)) || all(isEpoch(1000));
}

/** A year alone: only under that name, for a year of birth does not advance. */
export function readAsYears(name: string, values: Float64Array): boolean {
  const bare = name.toLowerCase().replace(/[^a-z]/g, '');
  return (
    ['year', 'yr', 'calendaryear', 'fiscalyear'].includes(bare) && keepsTo(values, { from: 1900, to: 2100 })
  );
}

function isPlainDate(value: number): boolean {
  const [year, month, day] = [Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100];
  if (year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isEpoch(perSecond: number): (value: number) => boolean {
  const [from, to] = [Date.UTC(2000, 0), Date.UTC(2100, 0)].map((ms) => (ms / 1000) * perSecond);
  return (value) => value >= from! && value <= to!;
}
