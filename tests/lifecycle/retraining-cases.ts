import type { Rows } from './tables.ts';

/** Training rows, rows of another world, and rows of that world once the endpoint has learnt it. */
type Part = 'training' | 'later' | 'recovered';

export type RetrainingCase = {
  name: string;
  /** Of the file, and so of the endpoint. */
  table: string;
  target: string;
  options: string[];
  /** Of the search, and so of the retraining; 4 s unless told. Periods that folds by time must show need more on a busy machine. */
  budget?: string;
  /** Whether a new version takes over by a canary. */
  byCanary?: boolean;
  rows(part: Part, count: number): Rows;
};

type Cell = string | number;

/** Numbers from 0 to 1, the same in every run (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function table(seed: number, row: (place: number, random: () => number, part: Part) => Record<string, Cell>) {
  return (part: Part, count: number): Rows => {
    const random = numbers(seed + { training: 0, later: 1, recovered: 2 }[part] * 7919);
    const from = { training: 0, later: 700, recovered: 1100 }[part];
    const records = Array.from({ length: count }, (_, i) => row(from + i, random, part));
    const header = Object.keys(records[0]!);
    return { header, rows: records.map((record) => header.map((name) => String(record[name]))) };
  };
}

/**
 * A number that depends on two others. Later sizes lie beyond those of training, where the same relation goes on in a way that
 * nothing tells in advance; the numbers themselves are spread as before.
 */
function price(random: () => number, part: Part) {
  const size = part === 'training' ? 60 * random() : 25 + 75 * random();
  const age = 40 * random();
  const value = 100 + 40 * Math.sin(size / 9) + age + 40 * (random() + random() - 1);
  return { size: size.toFixed(2), age: age.toFixed(2), price: value.toFixed(2) };
}

/** A class that depends on two numbers, one of which goes on as {@link price} has it. */
function churn(random: () => number, part: Part) {
  const tenure = part === 'training' ? 40 * random() : 15 + 65 * random();
  const calls = Math.floor(6 * random());
  const isYes = (tenure + calls) % 40 < 20 !== random() < 0.06;
  return { tenure: tenure.toFixed(2), calls, churned: isYes ? 'yes' : 'no' };
}

const SUBJECTS = [
  'printer',
  'invoice',
  'login',
  'delivery',
  'refund',
  'screen',
  'cable',
  'account',
  'parcel',
  'battery',
];
const NEW_SUBJECTS = ['drone', 'scooter', 'voucher', 'sensor', 'gateway', 'thermostat', 'router', 'licence'];
const FILLER = ['please', 'help', 'with', 'my', 'the', 'again', 'today'];

/** A class that a word of a text tells; most later texts have words that training did not. */
function message(random: () => number, part: Part) {
  const subjects = part !== 'training' && random() < 0.6 ? NEW_SUBJECTS : SUBJECTS;
  const place = Math.floor(subjects.length * random());
  const isUrgent = (place % 2 === 0) !== random() < 0.12;
  const filler = Array.from({ length: 4 }, () => FILLER[Math.floor(random() * FILLER.length)]!);
  return {
    message: `${filler.join(' ')} ${subjects[place]!} number ${Math.floor(random() * 1e6)}`,
    urgent: isUrgent ? 'yes' : 'no',
  };
}

const dayOf = (place: number) =>
  new Date(Date.UTC(2025, 0, 1) + place * 6 * 3_600_000).toISOString().slice(0, 10);

export const RETRAINING_CASES: RetrainingCase[] = [
  {
    name: 'ids, a constant, an empty and an excluded column',
    table: 'homes',
    target: 'price',
    options: ['--exclude', 'agent'],
    rows: table(1, (place, random, part) => ({
      id: 100_000 + place,
      reference: `H-${(place * 7919).toString(36)}-${place}`,
      country: 'DE',
      remark: '',
      agent: ['Ann', 'Bob', 'Cid'][place % 3]!,
      ...price(random, part),
    })),
  },
  {
    name: 'a leaking column',
    table: 'leaks',
    target: 'churned',
    options: ['--exclude', 'closing_code'],
    rows: table(2, (_, random, part) => {
      const { churned, ...inputs } = churn(random, part);
      return { ...inputs, closing_code: churned === 'yes' ? 'C7' : 'none', churned };
    }),
  },
  {
    name: 'a time column that the model leaves out',
    table: 'stamps',
    target: 'churned',
    options: ['--time', 'day', '--exclude', 'day'],
    budget: '12s',
    rows: table(8, (place, random, part) => ({ day: dayOf(place), ...churn(random, part) })),
  },
  {
    name: 'a time column that is a feature',
    table: 'dated',
    target: 'churned',
    options: ['--time', 'day'],
    rows: table(4, (place, random, part) => ({ day: dayOf(place), ...churn(random, part) })),
  },
  {
    name: 'groups that callers do not send',
    table: 'groups',
    target: 'price',
    options: ['--group', 'owner'],
    byCanary: true,
    rows: table(5, (place, random, part) => ({ owner: `o${place % 90}`, ...price(random, part) })),
  },
  {
    name: 'weights that callers do not send',
    table: 'weights',
    target: 'churned',
    options: ['--weight', 'value'],
    rows: table(6, (place, random, part) => ({ value: 1 + (place % 4), ...churn(random, part) })),
  },
  {
    name: 'text',
    table: 'tickets',
    target: 'urgent',
    options: [],
    rows: table(7, (place, random, part) => ({ ticket: 5000 + place, ...message(random, part) })),
  },
];

export function recordsOf({ header, rows }: Rows, names: readonly string[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      names.map((name) => {
        const cell = row[header.indexOf(name)]!;
        return [name, cell !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell];
      }),
    ),
  );
}

const SHOP_DAYS = 120;

/** Days of two shops with a week, whose level rises after the last one that training has. */
export function shopDays(from: number, to: number): Rows {
  const rows = ['north', 'south'].flatMap((shop) =>
    Array.from({ length: to - from }, (_, i) => ['EUR', dateOf(from + i), shop, salesOf(from + i, shop)]),
  );
  return { header: ['currency', 'day', 'shop', 'sales'], rows };
}

export const dateOf = (day: number) => new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);

export function salesOf(day: number, shop: string): string {
  const size = shop === 'north' ? 1 : 2;
  const week = 200 + 0.3 * day + 40 * Math.sin((2 * Math.PI * day) / 7) + (day >= SHOP_DAYS ? 150 : 0);
  return (size * week + 3 * Math.sin(day * 2.7 + size)).toFixed(2);
}
