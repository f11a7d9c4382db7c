import type { ColumnReading } from '@slipway/contract';
import { zoneClock } from '../../../../kernel/index.ts';
import type { Column } from '../../../ingest/index.ts';
import { digitsFormOf, offsetText } from '../frequency/calendar.ts';
import type { Calendar } from '../model.ts';

type Offsets = NonNullable<Extract<ColumnReading, { as: 'timestamp' }>['offsets']>;

export type TimeCalendars = {
  /** What the times of a column may be counted by, the first preferred. */
  calendars: [Calendar, ...Calendar[]];
  /** Why, in one sentence each. */
  says: string[];
};

const MINUTE = 60_000;

/** Of zones with equal offsets these are named first. */
const USUAL_ZONES = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Athens',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Jerusalem',
  'Australia/Sydney',
  'Australia/Adelaide',
  'Australia/Darwin',
  'Pacific/Auckland',
];

/**
 * By which calendars the times of a column may be counted: those of its time zone, that of the offsets that its values carry,
 * and UTC; numbers that are all dates such as 20240131 by those dates, unless the type of the column was given.
 */
export function calendarsOf(column: Column, reading: ColumnReading | undefined): TimeCalendars {
  if (column.type === 'number') return ofNumbers(column, reading);
  if (reading?.as !== 'timestamp') return { calendars: [{}], says: [] };
  if (reading.timeZone !== 'UTC') {
    const { timeZone } = reading;
    return {
      calendars: [{ timeZone }, {}],
      says: [`Steps of ${column.name} follow the clock of ${timeZone}.`],
    };
  }
  return ofOffsets(column.name, reading.offsets ?? []);
}

function ofNumbers(
  { name, values }: { name: string; values: Float64Array },
  reading: ColumnReading | undefined,
): TimeCalendars {
  const isGiven = reading?.as === 'number' && reading.isGiven === true;
  const digits = isGiven ? undefined : digitsFormOf(values);
  if (digits === undefined) return { calendars: [{}], says: [] };
  return {
    calendars: [{ digits }],
    says: [
      `The numbers of ${name} are read as ${digits.startsWith('epoch') ? `times (${digits.slice(6)} since 1970, UTC)` : `dates (${digits})`}; add the data with --types ${name}:number to count them as numbers.`,
    ],
  };
}

function ofOffsets(name: string, offsets: Offsets): TimeCalendars {
  if (offsets.every(({ minutes }) => minutes === 0)) return { calendars: [{}], says: [] };
  const timeZone = zoneOfOffsets(offsets);
  if (timeZone === undefined) {
    return {
      calendars: [{}],
      says: [
        `The offsets from UTC in ${name} are those of no single time zone, so steps follow UTC; name the zone with --time-zone.`,
      ],
    };
  }
  const [first] = offsets;
  return {
    calendars: [{ timeZone }, {}],
    says: [
      offsets.length === 1
        ? `Steps of ${name} follow local time at its offset from UTC, ${offsetText(first!.minutes * MINUTE)}.`
        : `Steps of ${name} follow local time: its offsets from UTC are those of ${timeZone}.`,
    ],
  };
}

/** An IANA zone whose offsets are these; of a single offset of whole hours the zone that always has it. */
export function zoneOfOffsets(offsets: Offsets): string | undefined {
  const [first, ...others] = offsets;
  if (first === undefined) return undefined;
  if (others.length === 0 && first.minutes % 60 === 0) return constantZone(first.minutes / 60);
  const zones = [...USUAL_ZONES, ...Intl.supportedValuesOf('timeZone')];
  return zones.find((zone) => offsets.every((run) => hasOffset(zone, run)));
}

/** The names of these zones have the sign of what is added to local time. */
function constantZone(hours: number): string | undefined {
  if (hours === 0) return 'UTC';
  return hours >= -12 && hours <= 14 ? `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}` : undefined;
}

/** Moments of a run that are looked at: its ends, and some between them. */
const LOOKS = 8;

function hasOffset(zone: string, { minutes, from, to }: Offsets[number]): boolean {
  const { offsetAt } = zoneClock(zone);
  return Array.from({ length: LOOKS + 1 }, (_, i) => from + ((to - from) * i) / LOOKS).every(
    (moment) => offsetAt(moment) === minutes * MINUTE,
  );
}
