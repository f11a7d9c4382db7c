import { formatNumber, formatShare } from './format-number.ts';
import { formatBytes } from './format-size.ts';
import { formatMoment, formatSeconds } from './format-time.ts';

/** The unit that the end of a key names, and how a number in it is written. */
const UNITS: { ends: RegExp; write: (value: number) => string; drop: boolean }[] = [
  { ends: /bytes$/i, write: formatBytes, drop: false },
  { ends: /(milliseconds|millis|ms)$/i, write: (value) => formatSeconds(value / 1000), drop: true },
  { ends: /(microseconds|micros)$/i, write: (value) => formatSeconds(value / 1e6), drop: true },
  { ends: /seconds$/i, write: formatSeconds, drop: false },
  { ends: /(share|ratio)$/i, write: formatShare, drop: false },
];

/** A value that needs no table of its own. `key` names its unit, as in `addedBytes` or `latencyMicroseconds`. */
export function formatFact(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return (unitOf(key)?.write ?? formatNumber)(value);
  if (typeof value === 'string') return isMoment(value) ? formatMoment(value) : value;
  if (Array.isArray(value)) return listed(key, value);
  return JSON.stringify(value);
}

/** The key without a unit that the value spells out: `latencyMicroseconds` reads `Latency`. */
export function factName(key: string): string {
  const unit = unitOf(key);
  if (unit === undefined || !unit.drop) return key;
  const short = key.replace(unit.ends, '').replace(/[_.-]$/, '');
  return short === '' ? key : short;
}

function unitOf(key: string) {
  return UNITS.find((unit) => unit.ends.test(key));
}

const LONGEST_LIST = 12;

function listed(key: string, values: unknown[]): string {
  if (values.length === 0) return 'none';
  const shown = values.slice(0, LONGEST_LIST).map((value) => formatFact(key, value));
  const more = values.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);
}
