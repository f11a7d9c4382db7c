import type { TimeWindow } from '../../serve/index.ts';
import type { MonitorOptions } from '../options.ts';
import { isOwnRecord } from '../own-records.ts';
import type { MonitoredModel, MonitorPorts } from '../ports.ts';
import { type Labelled, labelJoin, labelledRows } from './label-join.ts';
import { type NewestLabels, newestLabels } from './newest-labels.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** The shortest of these periods, in days, with enough labels is measured: the newest state of the model. */
const PERIODS = [1, 7, 30, 90] as const;
/** A period with fewer labels is measured only where no longer one has more: an accuracy is known within 5 points by 300. */
const WANTED_LABELS = 300;
/** A period is complete when it has this share of the labels that it can be expected to get. */
const COMPLETE = 0.8;
/** Records of the log that one run reads for labels, newest days first. */
const MOST_RECORDS = 2_000_000;

/** The labelled predictions that performance is measured over. */
export type LabelledPeriod = {
  labelled: Labelled;
  /** Time of the first and the last of them, epoch milliseconds; null without any. */
  made: { from: number; to: number } | null;
  /** Predictions of this version in that time, labelled or not. */
  predictions: number;
  /** Length of the period in days, back from the newest labelled prediction; null for dates that were asked for. */
  days: number | null;
};

type Asked = { endpoint: string; window: Required<TimeWindow> | null; days: number | undefined };
type Ports = Pick<MonitorPorts, 'labels' | 'log' | 'clock'>;

/**
 * Which labelled predictions count, whenever they were made: those of the window that was asked for; else those of
 * the day that ends with the newest labelled prediction of this version, or of the 7, 30, 90 days where the labels of the
 * shorter period are few or still coming in. Holds the labels that arrived last and one batch of the log.
 */
export async function labelledPeriod(
  { endpoint, window, days }: Asked,
  model: MonitoredModel,
  options: Pick<MonitorOptions, 'minLabels'>,
  ports: Ports,
): Promise<LabelledPeriod> {
  const now = ports.clock.now();
  const newest = await newestLabels(ports.labels.pages(endpoint), window, now);
  const joined = await joinLog(endpoint, model, newest, window === null ? MOST_RECORDS : Infinity, ports);
  if (window !== null) return periodOf(joined, window.from, null);
  return choosePeriod(joined, days === undefined ? PERIODS : [days], now, options.minLabels);
}

type Joined = { labelled: Labelled; perMinute: ReadonlyMap<number, number> };

/** Reads the days of the log from the newest back, so that a bound leaves out the oldest. */
async function joinLog(
  endpoint: string,
  model: MonitoredModel,
  { labels, made }: NewestLabels,
  mostRecords: number,
  { log }: Ports,
): Promise<Joined> {
  const join = labelJoin(model);
  const perMinute = new Map<number, number>();
  const sought = new Map(labels);
  let [records, to] = [0, made.to];
  while (to > made.from && sought.size > 0 && records < mostRecords && join.hasRoom()) {
    const from = Math.max(made.from, Math.floor((to - 1) / DAY) * DAY);
    for await (const batch of log.read(endpoint, { from, to })) {
      records += batch.length;
      for (const record of batch) {
        if (!isOwnRecord(record, model)) continue;
        const minute = Math.floor(Date.parse(record.ts) / MINUTE);
        perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
        const label = sought.get(record.id);
        if (label === undefined || !join.hasRoom()) continue;
        join.add(record, label);
        sought.delete(record.id);
      }
    }
    to = from;
  }
  return { labelled: join.labelled(), perMinute };
}

function choosePeriod(
  joined: Joined,
  periods: readonly number[],
  now: number,
  minLabels: number,
): LabelledPeriod {
  const { madeAt, delaySeconds } = joined.labelled;
  const newest = madeAt.reduce((latest, at) => Math.max(latest, at), Number.NEGATIVE_INFINITY);
  const all = periods.map((days) => periodOf(joined, newest - days * DAY, days));
  const longest = all.at(-1)!;
  const delays = delaySeconds.toSorted();
  const isComplete = ({ labelled, predictions, made }: LabelledPeriod) => {
    const share = labelled.target.length / predictions;
    const age = (now - (made!.from + made!.to) / 2) / 1000;
    return (
      share >= COMPLETE * (longest.labelled.target.length / longest.predictions) ||
      delays.filter((delay) => delay <= age).length >= COMPLETE * delays.length
    );
  };
  const wanted = Math.max(WANTED_LABELS, minLabels);
  return all.find((period) => period.labelled.target.length >= wanted && isComplete(period)) ?? longest;
}

function periodOf({ labelled: all, perMinute }: Joined, since: number, days: number | null): LabelledPeriod {
  const labelled = labelledRows(all, (row) => all.madeAt[row]! >= since);
  if (labelled.madeAt.length === 0) return { labelled, made: null, predictions: 0, days };
  const from = labelled.madeAt.reduce((first, at) => Math.min(first, at));
  const to = labelled.madeAt.reduce((last, at) => Math.max(last, at));
  let predictions = 0;
  for (const [minute, count] of perMinute) {
    if (minute >= Math.floor(from / MINUTE) && minute <= Math.floor(to / MINUTE)) predictions += count;
  }
  return { labelled, made: { from, to }, predictions, days };
}
