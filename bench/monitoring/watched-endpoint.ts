/** An endpoint that is looked at every hour by the engine's own functions, under a simulated clock. */

import { isoTime } from '../../packages/server/src/kernel/index.ts';
import {
  compareConfirmed,
  isConfirmed,
  MONITOR_DEFAULTS,
  mergeWindows,
  type WindowProfile,
  windowProfiler,
} from '../../packages/server/src/stages/monitor/index.ts';
import type { ReferenceProfile } from '../../packages/server/src/stages/pack/index.ts';
import {
  type Change,
  HOUR,
  observationOf,
  type Random,
  randomOf,
  referenceOfTraining,
  requestAt,
  requestsOf,
  SHIPPED,
  trainingRows,
} from './simulated-traffic.ts';

/** From so many requests a day on, an hour is put together of chunks of requests of the same hour of the week. */
const CHUNKED_FROM = 10_000;
const CHUNK = 100;
const CHUNKS = 24;
/** Widths of the window that is looked at, in days, until one has enough rows: the default schedule's. */
const WIDTHS = [1, 7, 30];

export type Watch = {
  daily: number;
  dated: boolean;
  seed: number;
  days: number;
  /** From the start of this day on, requests are changed. */
  plantedDay: number;
  change: Change;
};

/** Hours since the endpoint was shipped at which an alert opened, and its key; with the rule, and at the first window that drifted. */
export type Openings = {
  confirmed: { hour: number; key: string }[];
  unconfirmed: { hour: number; key: string }[];
};

export async function watchEndpoint(watch: Watch): Promise<Openings> {
  const reference = referenceOfTraining(trainingRows(watch.seed), watch.dated);
  const hours = hoursOf(watch, reference);
  const days = new Map<number, WindowProfile>();
  const empty = windowProfiler(reference).profile();
  const between = (from: number, to: number): WindowProfile => {
    let sum = empty;
    for (let hour = Math.max(0, from); hour < Math.min(to, hours.length); ) {
      if (hour % 24 === 0 && hour + 24 <= to && hour + 24 <= hours.length) {
        let day = days.get(hour);
        if (day === undefined) {
          day = hours.slice(hour, hour + 24).reduce(mergeWindows, empty);
          days.set(hour, day);
        }
        sum = mergeWindows(sum, day);
        hour += 24;
      } else sum = mergeWindows(sum, hours[hour++]!);
    }
    return sum;
  };
  const confirmed = alertBook();
  const unconfirmed = alertBook();
  for (let hour = 1; hour <= hours.length; hour++) {
    let [from, profile] = [hour, empty];
    for (const width of WIDTHS) {
      from = hour - width * 24;
      profile = between(from, hour);
      if (profile.rows >= MONITOR_DEFAULTS.minRows) break;
    }
    if (profile.rows < MONITOR_DEFAULTS.minRows) continue;
    const at = (ms: number) => Math.round((ms - SHIPPED) / HOUR);
    const found = await compareConfirmed(
      reference,
      { from: SHIPPED + from * HOUR, to: SHIPPED + hour * HOUR, profile },
      MONITOR_DEFAULTS,
      async (window) => between(at(window.from), at(window.to)),
    );
    const grave = [...found.columns, ...found.scores].filter(
      ({ level }) => level === 'warning' || level === 'critical',
    );
    confirmed.look(
      hour,
      grave.filter(isConfirmed).map(({ name }) => name),
    );
    unconfirmed.look(
      hour,
      grave.map(({ name }) => name),
    );
  }
  return { confirmed: confirmed.openings, unconfirmed: unconfirmed.openings };
}

/** Opens an alert where a look asks for it, and closes it after two looks that do not. */
function alertBook() {
  const openings: { hour: number; key: string }[] = [];
  const lastAsked = new Map<string, number>();
  let looks = 0;
  return {
    openings,
    look(hour: number, keys: string[]) {
      looks++;
      for (const key of keys) {
        const last = lastAsked.get(key);
        if (last === undefined || looks - last > MONITOR_DEFAULTS.cleanWindows) openings.push({ hour, key });
        lastAsked.set(key, looks);
      }
    },
  };
}

function hoursOf(watch: Watch, reference: ReferenceProfile): WindowProfile[] {
  const random = randomOf(watch.seed, watch.daily, 2);
  const chunks = new Map<string, WindowProfile[]>();
  return Array.from({ length: watch.days * 24 }, (_, hour) => {
    const ts = SHIPPED + hour * HOUR;
    const change = hour >= watch.plantedDay * 24 ? watch.change : {};
    const count = requestsOf(ts, watch.daily, random);
    if (watch.daily < CHUNKED_FROM) return profileOf(reference, ts, count, random, change);
    const planted = hour >= watch.plantedDay * 24 && Object.keys(watch.change).length > 0;
    const key = `${hour % 168} ${planted}`;
    let own = chunks.get(key);
    if (own === undefined) {
      own = Array.from({ length: CHUNKS }, () => profileOf(reference, ts, CHUNK, random, change));
      chunks.set(key, own);
    }
    let sum = windowProfiler(reference).profile();
    for (let rows = 0; rows < count; rows += CHUNK) {
      sum = mergeWindows(sum, own[Math.floor(random() * CHUNKS)]!);
    }
    return sum.rows === 0 ? sum : { ...sum, from: isoTime(ts), to: isoTime(ts + HOUR - 1) };
  });
}

function profileOf(reference: ReferenceProfile, ts: number, count: number, random: Random, change: Change) {
  const profiler = windowProfiler(reference);
  for (let i = 0; i < count; i++) {
    const moment = ts + Math.floor((i * HOUR) / Math.max(1, count));
    profiler.add(observationOf(requestAt(moment, random, change)));
  }
  return profiler.profile();
}
