import { formatNumber, formatShare } from './format-number.ts';
import { formatBytes } from './format-size.ts';
import { formatMoment, formatSeconds } from './format-time.ts';

type Unit = {
  words: string[];
  write: (value: number) => string /** Whether the value spells it out. */;
  drop: boolean;
};

/** The unit that the last word of a key names, and how a number in it is written. */
const UNITS: Unit[] = [
  { words: ['bytes'], write: formatBytes, drop: false },
  { words: ['milliseconds', 'millis', 'ms'], write: (value) => formatSeconds(value / 1000), drop: true },
  { words: ['microseconds', 'micros', 'us'], write: (value) => formatSeconds(value / 1e6), drop: true },
  { words: ['seconds'], write: formatSeconds, drop: false },
  { words: ['share', 'ratio'], write: formatShare, drop: false },
];

/** A value that needs no table of its own. `key` names its unit, as in `addedBytes` or `latencyMicroseconds`. */
export function formatFact(key: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return (unitOf(key)?.write ?? formatNumber)(value);
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return listed(key, value);
  return JSON.stringify(value);
}

/** The key without a unit that the value spells out: `latencyMicroseconds` reads `latency`. */
export function factName(key: string): string {
  if (unitOf(key)?.drop !== true) return key;
  const short = key.slice(0, -(lastWord(key)?.length ?? 0)).replace(/[\s_.-]$/, '');
  return short === '' ? key : short;
}

/** The word that the key ends with: `Microseconds` of `latencyMicroseconds`. */
function lastWord(key: string): string | undefined {
  const word = key.match(/[A-Z]?[a-z0-9]+/g)?.at(-1);
  return word !== undefined && key.endsWith(word) ? word : undefined;
}

function unitOf(key: string): Unit | undefined {
  const last = lastWord(key)?.toLowerCase();
  return last === undefined ? undefined : UNITS.find((unit) => unit.words.includes(last));
}

const LONGEST_LIST = 12;

function listed(key: string, values: unknown[]): string {
  if (values.length === 0) return 'none';
  const shown = values.slice(0, LONGEST_LIST).map((value) => formatFact(key, value));
  const more = values.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

/** Times in the reader's zone, hashes by their beginning, other text as it is. */
function textOf(text: string): string {
  if (isMoment(text)) return formatMoment(text);
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text;
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text);
}
