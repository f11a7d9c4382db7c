/** What the clocks of a time zone show. Moments are epoch milliseconds; wall times are what a clock shows, as if it were UTC. */
export type ZoneClock = {
  /** Milliseconds that the wall time is ahead of UTC. */
  offsetAt(moment: number): number;
  toWall(moment: number): number;
  /** Of a wall time that occurs twice the first; one that the zone skips is read with the offset before the change. */
  toMoment(wall: number): number;
};

const DAY = 86_400_000;
/** Zones change their offset at most once within so long a time. */
const SPAN = 7 * DAY;

/** The offsets of a span: `before` up to the moment `at`, `after` from there on. */
type Span = { before: number; after: number; at: number };

const CLOCKS = new Map<string, ZoneClock>();

/** The clock of an IANA time zone. Throws `RangeError` for a name that is none. Offsets are computed once for each week. */
export function zoneClock(timeZone: string): ZoneClock {
  const known = CLOCKS.get(timeZone);
  if (known !== undefined) return known;
  const made = timeZone === 'UTC' ? UTC : makeClock(timeZone);
  CLOCKS.set(timeZone, made);
  return made;
}

const UTC: ZoneClock = { offsetAt: () => 0, toWall: (moment) => moment, toMoment: (wall) => wall };

function makeClock(timeZone: string): ZoneClock {
  const spans = new Map<number, Span>();
  const shown = offsetReader(timeZone);
  const offsetAt = (moment: number) => {
    if (!Number.isFinite(moment)) return 0;
    const number = Math.floor(moment / SPAN);
    let span = spans.get(number);
    if (span === undefined) {
      span = spanOf(number, shown);
      spans.set(number, span);
    }
    return moment < span.at ? span.before : span.after;
  };
  return {
    offsetAt,
    toWall: (moment) => moment + offsetAt(moment),
    toMoment(wall) {
      const before = offsetAt(wall - DAY);
      const after = offsetAt(wall + DAY);
      const early = wall - before;
      if (before === after || offsetAt(early) === before) return early;
      const late = wall - after;
      return offsetAt(late) === after ? late : early;
    },
  };
}

function spanOf(number: number, offsetAt: (moment: number) => number): Span {
  let [from, to] = [number * SPAN, (number + 1) * SPAN];
  const [before, after] = [offsetAt(from), offsetAt(to)];
  if (before === after) return { before, after, at: Number.POSITIVE_INFINITY };
  while (to - from > 1000) {
    const middle = Math.floor((from + to) / 2000) * 1000;
    if (offsetAt(middle) === before) from = middle;
    else to = middle;
  }
  return { before, after, at: to };
}

/** The moments of Date reach no further. */
const FURTHEST = 8.64e15;

function offsetReader(timeZone: string): (moment: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  return (moment) => {
    const within = Math.max(-FURTHEST, Math.min(FURTHEST, moment));
    return shownBy(format, within) - Math.floor(within / 1000) * 1000;
  };
}

function shownBy(format: Intl.DateTimeFormat, moment: number): number {
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
  const date = new Date(
    Date.UTC(2000, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
  );
  date.setUTCFullYear(year, part('month') - 1, part('day'));
  return date.getTime();
}
