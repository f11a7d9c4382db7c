import type { ReferenceProfile } from '../pack/index.ts';
import type { TimeWindow } from '../serve/index.ts';
import { compareWindow } from './compare-window.ts';
import { mergeWindows } from './merge-windows.ts';
import type { ColumnDrift, Confirmation, DriftReport, WindowProfile } from './model.ts';
import type { MonitorOptions } from './options.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const HOUR = DAY / 24;

/**
 * False drift alerts of an endpoint whose traffic does not change: maximum number to list a month, however often it is looked at.
 * Half of them are left to strong evidence, which each of a month's looks (one an hour) and each test must pass alone (Bonferroni);
 * the others to drift that is found in two windows without a common row. `npm run bench -- monitoring` measures the rate.
 */
export const FALSE_ALERTS_A_MONTH = 0.1;
const LOOKS_A_MONTH = 720;

/** Earlier traffic, for where the window looked at leaves it open whether its drift is an alert. */
export type EarlierTraffic = {
  /** The traffic before the window: of the same length, or where that has too few rows longer. */
  previous: DriftReport | null;
  /** Where training tells no weekdays: what the endpoint's own traffic tells of them. Null where training does. */
  own: OwnWeeks | null;
};

export type OwnWeeks = {
  /** Whether there is no traffic as early as the window a week before, and the window is not of rows that were sent at once. */
  firstWeek: boolean;
  /** The window compared with the same part of the four weeks before it; null where there was too little traffic. */
  sameWeekday: DriftReport | null;
  /** The week up to the end of the window, compared with training; null with `sameWeekday`. */
  wholeWeek: DriftReport | null;
};

/**
 * The drift of a window with what makes it an alert, column by column; the first that applies:
 *
 * - `first-week`, no alert: nothing tells yet whether it is a weekly cycle (missing and new values, and windows with an effect as no
 *   cycle has, are none);
 * - `weekly`, no alert: the same weekday of earlier weeks had it too, and the week as a whole is as in training;
 * - `strong`: a month of hourly looks would show such evidence by chance 1 time in 20 (and the effect is twice its limit where
 *   nothing tells the weekdays apart);
 * - `repeated`: the traffic before the window drifted in the same column;
 * - `pending`, no alert yet.
 *
 * While the whole week is as in training, `strong` must hold against the same weekday of earlier weeks, and nothing is `repeated`.
 */
export function confirmDrift(found: DriftReport, earlier: EarlierTraffic): DriftReport {
  const confirmed = (list: 'columns' | 'scores') =>
    found[list].map((column) => {
      const confirmation = column.drifted ? confirmationOf(column, list, found, earlier) : undefined;
      if (confirmation === undefined) return column;
      return { ...column, confirmation, says: `${column.says}${MORE[confirmation]}` };
    });
  return { ...found, columns: confirmed('columns'), scores: confirmed('scores') };
}

const MORE: Readonly<Record<Confirmation, string>> = {
  strong: '',
  repeated: '',
  pending: ' Found once: an alert opens when the next window shows it too.',
  'first-week':
    ' The training data has no dates that would tell a weekly cycle: an alert opens when a week of traffic shows it.',
  weekly: ' The same weekday of earlier weeks had it too, and the whole week is as in training: no alert.',
};

function confirmationOf(
  column: ColumnDrift,
  list: 'columns' | 'scores',
  found: DriftReport,
  { previous, own }: EarlierTraffic,
): Confirmation {
  const sameIn = (report: DriftReport | null) => report?.[list].find(({ name }) => name === column.name);
  const alpha = strongAlpha(found);
  if (own?.firstWeek && !isOfPresence(column) && !exceedsCycles(found)) return 'first-week';
  const weekday = sameIn(own?.sameWeekday ?? null);
  if (weekday !== undefined && !sameIn(own?.wholeWeek ?? null)?.drifted) {
    if (!weekday.drifted) return 'weekly';
    return isStrong(weekday, alpha) && isStrong(column, alpha) ? 'strong' : 'pending';
  }
  // Nothing tells the weekdays apart: a usual difference between two days must not be enough.
  const least = own === null || isOfPresence(column) ? 1 : UNKNOWN_WEEK;
  if (isStrong(column, alpha, least)) return 'strong';
  return sameIn(previous)?.drifted ? 'repeated' : 'pending';
}

/** Missing and never seen values come and go with no cycle. */
function isOfPresence({ leading }: ColumnDrift): boolean {
  return leading === 'missing-share' || leading === 'unseen-share' || leading === 'earlier-share';
}

/** Effects that no usual weekly cycle has: what shows one of them is no cycle, and neither is what drifted with it. */
const BEYOND_CYCLES: ReadonlyMap<string, number> = new Map([
  ['mean-shift', 2],
  ['wasserstein', 2],
  ['psi', 2],
  ['kolmogorov-smirnov', 0.7],
  ['jensen-shannon', 0.6],
]);

function exceedsCycles({ columns, scores }: Pick<DriftReport, 'columns' | 'scores'>): boolean {
  return [...columns, ...scores].some(({ tests }) =>
    tests.some(
      ({ test, drifted, effect }) =>
        drifted && effect >= (BEYOND_CYCLES.get(test) ?? Number.POSITIVE_INFINITY),
    ),
  );
}

/** Of its limit an effect must reach where nothing tells the weekdays apart. */
const UNKNOWN_WEEK = 2;

function isStrong({ tests }: ColumnDrift, alpha: number, least = 1): boolean {
  return tests.some(
    ({ drifted, pValue, effect, threshold }) => drifted && pValue <= alpha && effect >= least * threshold,
  );
}

function strongAlpha({ columns, scores }: Pick<DriftReport, 'columns' | 'scores'>): number {
  const tests = [...columns, ...scores].reduce((sum, column) => sum + column.tests.length, 0);
  return FALSE_ALERTS_A_MONTH / 2 / LOOKS_A_MONTH / Math.max(1, tests);
}

/** Whether drift of a column is an alert; reports of before there was a confirmation have none. */
export function isConfirmed({ confirmation }: Pick<ColumnDrift, 'confirmation'>): boolean {
  return confirmation === undefined || confirmation === 'strong' || confirmation === 'repeated';
}

export type LookedAt = { from: number; to: number; profile: WindowProfile };
/** The profile of another window of the same endpoint and version. */
export type ReadWindow = (window: Required<TimeWindow>) => Promise<WindowProfile>;

/** Compares a window with the reference, and reads the earlier traffic that decides whether its drift is an alert. */
export async function compareConfirmed(
  reference: ReferenceProfile,
  window: LookedAt,
  options: MonitorOptions,
  read: ReadWindow,
): Promise<DriftReport> {
  const found = compareWindow(reference, window.profile, options);
  if (!found.drifted || !found.enough) return found;
  return confirmDrift(found, {
    previous: await previousTraffic(reference, window, options, read),
    own: await ownWeeks(reference, window, options, read),
  });
}

/** Widths of the traffic before a window, in its own width and then in days, until one has enough rows. */
const BEFORE_DAYS = [0, 7, 30];

async function previousTraffic(
  reference: ReferenceProfile,
  { from, to }: LookedAt,
  options: MonitorOptions,
  read: ReadWindow,
): Promise<DriftReport | null> {
  for (const days of BEFORE_DAYS) {
    const profile = await read({ from: from - Math.max(to - from, days * DAY), to: from });
    if (profile.rows >= options.minRows) return compareWindow(reference, profile, options);
  }
  return null;
}

const WEEKS_BACK = [1, 2, 3, 4];
/** Rows of a file are sent at once: they are a sample of the data, whatever the hour. */
const AT_ONCE = HOUR / 6;
/** Traffic of so long ago tells whether the endpoint is older than a week. */
const MONTH = 30 * DAY;

/** Where training tells no weekdays apart, the endpoint's own traffic does, once there were earlier weeks. */
async function ownWeeks(
  reference: ReferenceProfile,
  { from, to, profile }: LookedAt,
  options: MonitorOptions,
  read: ReadWindow,
): Promise<OwnWeeks | null> {
  // A window of a week holds all of it only where the traffic does.
  if (reference.week !== undefined || (to - from >= WEEK && lengthOf(profile) >= WEEK - DAY)) return null;
  const before = await read({ from: from - MONTH, to: from });
  const first = before.from === null ? to : Date.parse(before.from);
  const isAtOnce = before.from === null && lengthOf(profile) < AT_ONCE;
  const firstWeek = !isAtOnce && first - HOUR > from - WEEK;
  let earlier: WindowProfile | undefined;
  // A window that begins before the endpoint's first traffic would be another part of the week.
  for (const weeks of WEEKS_BACK.filter((back) => from - back * WEEK >= first - HOUR)) {
    const week = await read({ from: from - weeks * WEEK, to: to - weeks * WEEK });
    earlier = earlier === undefined ? week : mergeWindows(earlier, week);
  }
  if (earlier === undefined || earlier.rows < options.minRows) {
    return { firstWeek, sameWeekday: null, wholeWeek: null };
  }
  return {
    firstWeek,
    sameWeekday: compareWindow(reference, profile, options, earlier),
    wholeWeek: compareWindow(reference, await read({ from: to - WEEK, to }), options),
  };
}

/** Milliseconds from the first to the last of its predictions. */
function lengthOf({ from, to }: WindowProfile): number {
  return from === null || to === null ? 0 : Date.parse(to) - Date.parse(from);
}
