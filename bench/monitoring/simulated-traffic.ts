/** Requests of an endpoint with daily and weekly cycles and growth, and changes planted into them. */

import { isoTime, seededRandom } from '../../packages/server/src/kernel/index.ts';
import { buildReferenceProfile, type ReferenceProfile } from '../../packages/server/src/stages/pack/index.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Monday. */
export const SHIPPED = Date.UTC(2026, 0, 5);
const TRAINING_DAYS = 56;
const TRAINING_ROWS = 4000;
const HELD_OUT_ROWS = 1000;
/** Of the requests of a day, in a day. */
const GROWTH = 0.01;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export type Cell = string | number | null;
/** `probability` is the true one of `yes`, which the score knows to an eighth. */
export type Request = { ts: number; row: Record<string, Cell>; score: number; probability: number };
export type Random = () => number;

/** What changes; left out where nothing does. */
export type Change = {
  /** Of age, in standard deviations. */
  shift?: number;
  /** Share of the plan `basic`, .5 otherwise. */
  basic?: number;
  /** Share of incomes that are missing, .02 otherwise. */
  missing?: number;
  /** Share of devices that training never saw. */
  unseen?: number;
};

export function randomOf(...parts: number[]): Random {
  return seededRandom(parts.reduce((seed, part) => (seed * 1_000_003 + part) % 2_147_483_647, 17));
}

/** How many requests an hour has, of `daily` a day at the start. */
export function requestsOf(ts: number, daily: number, random: Random): number {
  return poisson((daily / 24) * activity(ts) * (1 + GROWTH) ** Math.max(0, (ts - SHIPPED) / DAY), random);
}

/** Half as many on weekends, a fifth at night; 1 on average. */
function activity(ts: number): number {
  const hour = new Date(ts).getUTCHours();
  return ((hour < 6 ? 0.2 : 1.27) * (isWeekend(ts) ? 0.5 : 1)) / 0.86;
}

function isWeekend(ts: number): boolean {
  return weekday(ts) >= 5;
}

function weekday(ts: number): number {
  return (new Date(ts).getUTCDay() + 6) % 7;
}

export function requestAt(ts: number, random: Random, change: Change = {}): Request {
  const weekend = isWeekend(ts);
  const night = new Date(ts).getUTCHours() < 6;
  const age = 40 + 12 * (normal(random) + (change.shift ?? 0));
  const basic = change.basic ?? 0.5;
  const plan = random() < basic ? 'basic' : random() < 0.6 ? 'full' : 'pro';
  const amount = Math.exp(0.6 * normal(random) + (weekend ? 2.6 : 3.3));
  const row = {
    age,
    amount,
    channel: random() < (weekend ? 0.6 : 0.25) ? 'phone' : random() < 0.15 ? 'shop' : 'web',
    plan,
    device: random() < (change.unseen ?? 0) ? 'new' : `d${Math.min(14, Math.floor(3 / (random() + 0.15)))}`,
    items: poisson(night ? 1.5 : 2.5, random),
    income: random() < (change.missing ?? 0.02) ? null : Math.exp(10 + 0.8 * normal(random)),
    loyal: random() < 0.3 ? 1 : 0,
    day: Math.floor((ts - SHIPPED) / DAY) + TRAINING_DAYS,
    weekday: WEEKDAYS[weekday(ts)]!,
  };
  const logit = (age - 40) / 12 + (plan === 'basic' ? 0.5 : -0.5) + Math.log(amount) - 3.1;
  const probability = 1 / (1 + Math.exp(-logit));
  // A small tree gives few scores.
  return { ts, row, score: Math.round(8 * probability) / 8, probability };
}

/** Requests of the weeks before the model was shipped. */
export function trainingRows(seed: number): { training: Request[]; heldOut: Request[] } {
  const random = randomOf(seed, 1);
  const rows: Request[] = [];
  while (rows.length < TRAINING_ROWS + HELD_OUT_ROWS) {
    const ts = SHIPPED - Math.ceil(random() * TRAINING_DAYS * 24) * HOUR;
    if (random() * 1.5 < activity(ts)) rows.push(requestAt(ts, random));
  }
  const held = rows.slice(TRAINING_ROWS);
  return { training: rows.slice(0, TRAINING_ROWS).sort((a, b) => a.ts - b.ts), heldOut: held };
}

/** The reference that a training makes of the rows; `dated` when they have a date, which the model does not take. */
export function referenceOfTraining(
  { training, heldOut }: ReturnType<typeof trainingRows>,
  dated: boolean,
): ReferenceProfile {
  const names = Object.keys(training[0]!.row).filter((name) => dated || name !== 'weekday');
  const inputs = names.map((name) => ({ name, type: columnOf(training, name).type, nullable: true }));
  const tableOf = (rows: readonly Request[]) => ({
    rows: rows.length,
    columns: [
      ...(dated
        ? [{ name: 'date', type: 'timestamp' as const, values: Float64Array.from(rows, ({ ts }) => ts) }]
        : []),
      ...names.map((name) => columnOf(rows, name)),
    ],
  });
  return buildReferenceProfile({
    // Only what the profile reads of a preparation and a decision.
    preparation: { inputs, features: [], classes: ['no', 'yes'] } as unknown as Profiled['preparation'],
    decision: { threshold: 0.5 },
    table: tableOf(training),
    scores: { rows: heldOut.length, outputs: 1, values: Float64Array.from(heldOut, ({ score }) => score) },
    heldOut: tableOf(heldOut),
    importance: Object.fromEntries(names.map((name) => [name, 1])),
  });
}

type Profiled = Parameters<typeof buildReferenceProfile>[0];

function columnOf(rows: readonly Request[], name: string) {
  const cells = rows.map(({ row }) => row[name]!);
  if (typeof cells.find((cell) => cell !== null) === 'string') {
    const dictionary = [...new Set(cells.map(String))];
    const places = new Map(dictionary.map((text, place) => [text, place]));
    return {
      name,
      type: 'string' as const,
      dictionary,
      codes: Int32Array.from(cells, (cell) => places.get(String(cell))!),
    };
  }
  return {
    name,
    type: 'number' as const,
    values: Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
  };
}

export function observationOf({ ts, row, score }: Request) {
  return { id: '', ts: isoTime(ts), version: 1, row, score, value: score >= 0.5 ? 'yes' : 'no' };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** By products for small means (Knuth), else by the normal distribution. */
function poisson(mean: number, random: Random): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
