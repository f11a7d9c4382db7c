/** An endpoint some of whose predictions are labelled days later, and whose performance is measured by the engine under a simulated clock. */

import { isoTime } from '../../packages/server/src/kernel/index.ts';
import {
  MONITOR_DEFAULTS,
  type MonitoredModel,
  measurePerformance,
  windowProfiler,
} from '../../packages/server/src/stages/monitor/index.ts';
import {
  DAY,
  HOUR,
  type Random,
  type Request,
  randomOf,
  referenceOfTraining,
  requestAt,
  requestsOf,
  SHIPPED,
  trainingRows,
} from './simulated-traffic.ts';

/** Share of the predictions that are labelled, and within how many days of them the labels arrive, one day at least. */
export const LABELLED = 0.3;
export const LATEST_LABEL_DAYS = 5;
/** Every run of the schedule measures; runs between these see nearly the same labels. */
const HOURS_BETWEEN_LOOKS = 4;

export type LabelledWatch = {
  daily: number;
  seed: number;
  days: number;
  plantedDay: number;
  /** Share of outcomes that turn into their opposite from the planted day on. */
  flipped: number;
};

/** A prediction with what happened. */
export type Labelled = Request & { truth: boolean; isLabelled: boolean; arrivedAt: number };

/** The requests of the endpoint's days in order, and those held out at training. */
export function labelledTraffic({ daily, seed, days, plantedDay, flipped }: LabelledWatch): Labelled[] {
  const random = randomOf(seed, daily, 3);
  const all: Labelled[] = [];
  for (let hour = 0; hour < days * 24; hour++) {
    const ts = SHIPPED + hour * HOUR;
    const count = requestsOf(ts, daily, random);
    for (let i = 0; i < count; i++) {
      const request = requestAt(ts + Math.floor((i * HOUR) / count), random);
      all.push(outcomeOf(request, random, hour >= plantedDay * 24 ? flipped : 0));
    }
  }
  return all;
}

export function labelledHoldout(seed: number): Labelled[] {
  const random = randomOf(seed, 4);
  return trainingRows(seed).heldOut.map((request) => outcomeOf(request, random, 0));
}

function outcomeOf(request: Request, random: Random, flipped: number): Labelled {
  const truth = random() < request.probability !== random() < flipped;
  const delay = DAY + random() * (LATEST_LABEL_DAYS - 1) * DAY;
  return { ...request, truth, isLabelled: random() < LABELLED, arrivedAt: request.ts + delay };
}

/** Hours since the endpoint was shipped at which an alert about performance opened. */
export async function watchPerformance(watch: LabelledWatch): Promise<number[]> {
  const traffic = labelledTraffic(watch).map((one, i) => ({ ...one, id: String(i) }));
  const labels = traffic.filter(({ isLabelled }) => isLabelled).sort((a, b) => a.arrivedAt - b.arrivedAt);
  const records = traffic.map(({ id, ts, score }) => ({
    ...{ id, ts: isoTime(ts), model: 'm', version: 1, row: {} },
    ...{ score, value: score >= 0.5 ? 'yes' : 'no' },
  }));
  const model = modelOf(watch.seed);
  const nothing = windowProfiler(model.profile).profile();
  const openings: number[] = [];
  let clean = Number.POSITIVE_INFINITY;
  for (let hour = HOURS_BETWEEN_LOOKS; hour <= watch.days * 24; hour += HOURS_BETWEEN_LOOKS) {
    const now = SHIPPED + hour * HOUR;
    const { realised } = await measurePerformance({ endpoint: 'e' }, model, nothing, MONITOR_DEFAULTS, {
      labels: { pages: () => arrived(labels, now) },
      log: {
        read: (_, { from = 0, to = now }) => between(traffic, records, from, Math.min(to, now)),
      } as Ports['log'],
      clock: { now: () => now },
    });
    if (realised.degraded && clean >= MONITOR_DEFAULTS.cleanWindows) openings.push(hour);
    clean = realised.degraded ? 0 : clean + 1;
  }
  return openings;
}

type Ports = Parameters<typeof measurePerformance>[4];

function modelOf(seed: number): MonitoredModel {
  const heldOut = labelledHoldout(seed);
  const values = Float64Array.from(heldOut, ({ score }) => score);
  return {
    ...{ name: 'm', version: 1, task: 'binary', classes: ['no', 'yes'], threshold: 0.5 },
    profile: referenceOfTraining(trainingRows(seed), false),
    heldOut: {
      target: Float64Array.from(heldOut, ({ truth }) => Number(truth)),
      predictions: { rows: heldOut.length, outputs: 1, values },
    },
    holdout: null,
    reliability: null,
  } as MonitoredModel;
}

async function* arrived(labels: readonly (Labelled & { id: string })[], now: number) {
  const page = labels.slice(
    0,
    firstAfter(labels, now, ({ arrivedAt }) => arrivedAt),
  );
  yield page.map(({ id, truth, arrivedAt, ts }) => ({
    ...{ endpoint: 'e', predictionId: id, value: truth ? 'yes' : 'no' },
    ...{ observedAt: isoTime(ts), arrivedAt: isoTime(arrivedAt) },
  })) as never;
}

async function* between<Record>(
  traffic: readonly Request[],
  records: readonly Record[],
  from: number,
  to: number,
) {
  const at = (ms: number) => firstAfter(traffic, ms - 1, ({ ts }) => ts);
  yield records.slice(at(from), at(to));
}

/** The first place in a sorted list whose moment is after the one given. */
function firstAfter<Item>(sorted: readonly Item[], ms: number, momentOf: (item: Item) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (momentOf(sorted[middle]!) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
