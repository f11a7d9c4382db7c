import type { LabelStore } from '../../../metadata/index.ts';
import { predictionTime, type TimeWindow } from '../../serve/index.ts';

/** Labels of which a run measures performance: of more, those that arrived last. Up to half as many more are held, some 60 MB. */
export const MOST_LABELS = 200_000;

const DAY = 86_400_000;
/** A record is written a moment after its id was made; a clock that was set back makes ids run ahead of it. */
const SLACK = 300_000;
/** Labelled predictions made longer before the newest labelled one are too old to say how the model does. */
export const LONGEST_PERIOD_DAYS = 90;
/** Ids that callers chose tell no time: their predictions are sought this far back. */
const LONGEST_DELAY_DAYS = 365;

export type ArrivedLabel = { value: string; arrivedAt: number };

/** The labels that arrived last, by prediction id, and the part of the log that holds their predictions. */
export type NewestLabels = { labels: ReadonlyMap<string, ArrivedLabel>; made: Required<TimeWindow> };

/**
 * Reads the labels, in the order in which they arrived, and keeps the last {@link MOST_LABELS} of them.
 *
 * @param made the predictions that are asked for; null for those of the {@link LONGEST_PERIOD_DAYS} days that end with the
 *   newest labelled one.
 */
export async function newestLabels(
  pages: ReturnType<LabelStore['pages']>,
  made: Required<TimeWindow> | null,
  now: number,
  most = MOST_LABELS,
): Promise<NewestLabels> {
  let labels = new Map<string, ArrivedLabel>();
  for await (const page of pages) {
    for (const label of page) {
      if (made !== null && !mayLieIn(label.predictionId, made)) continue;
      labels.delete(label.predictionId);
      labels.set(label.predictionId, { value: label.value, arrivedAt: Date.parse(label.arrivedAt) });
    }
    // Half as many more may be held: removing them one by one takes time that grows with what was removed.
    if (labels.size > 1.5 * most) labels = lastOf(labels, most);
  }
  labels = lastOf(labels, most);
  return { labels, made: made ?? periodOf(labels.keys(), now) };
}

function lastOf<K, V>(map: Map<K, V>, count: number): Map<K, V> {
  if (map.size <= count) return map;
  const last = new Map<K, V>();
  let skip = map.size - count;
  for (const [key, value] of map) if (skip-- <= 0) last.set(key, value);
  return last;
}

function mayLieIn(id: string, { from, to }: Required<TimeWindow>): boolean {
  const time = predictionTime(id);
  return time === undefined || (time >= from - SLACK && time < to + SLACK);
}

function periodOf(ids: Iterable<string>, now: number): Required<TimeWindow> {
  let [newest, days] = [Number.NEGATIVE_INFINITY, LONGEST_PERIOD_DAYS];
  for (const id of ids) {
    const time = predictionTime(id);
    if (time === undefined) days = LONGEST_DELAY_DAYS;
    newest = Math.max(newest, time ?? now);
  }
  if (newest === Number.NEGATIVE_INFINITY) return { from: now, to: now };
  const to = Math.min(newest + SLACK, now + 1);
  return { from: to - days * DAY, to };
}
