/**
 * False drift alerts of monitoring on traffic that does not change, and the delay until planted changes are found, at 100 to 100,000
 * requests a day with daily and weekly cycles and growth of 1 % a day; beside Evidently and NannyML at the same rate of false alerts.
 *
 * Run:
 *   npm run bench -- monitoring [--endpoints 40] [--planted 6] [--daily 100,1000,10000,100000] [--first-seed 1001] [--python PYTHON,PYTHON]
 *                               [--out FILE]
 *
 * Each endpoint has a model of its own training sample of 4,000 rows and 1,000 held out, and is looked at every hour for 30 days by the
 * engine's functions (profile of the window, comparison, confirmation) under a simulated clock. Planted changes begin on day 14. From 10,000
 * requests a day on, an hour is put together at random of chunks of 100 requests of the same hour of the week.
 *
 * PYTHON is a list of interpreters that have evidently or nannyml. Both get the same requests, in windows of calendar days, with the
 * columns of time left out, which would alert always. The tools raise no alerts of their own; a day alerts when a column exceeds its
 * default limit times a factor, which is the smallest that gives no more false alerts than ours on the same unchanged traffic.
 *
 * Performance: 30 % of the predictions are labelled, one to five days later; it is measured every four hours, up to 10,000 requests a day. Planted: a
 * share of the outcomes turns into its opposite. NannyML's accuracy of a day is taken once all labels of the day are in.
 *
 * The rules were made on seeds below 100. Each result is appended to FILE (bench/results/monitoring.jsonl) with the commit, its time and the load; what is there is not measured again.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  LATEST_LABEL_DAYS,
  labelledHoldout,
  labelledTraffic,
  watchPerformance,
} from './monitoring/labelled-endpoint.ts';
import {
  type Change,
  HOUR,
  randomOf,
  requestAt,
  requestsOf,
  SHIPPED,
  trainingRows,
} from './monitoring/simulated-traffic.ts';
import { watchEndpoint } from './monitoring/watched-endpoint.ts';
import { beginStamp, openCells, presentCommit, type Stamp } from './result-cells.ts';

const { values: options } = parseArgs({
  options: {
    endpoints: { type: 'string', default: '40' },
    planted: { type: 'string', default: '6' },
    daily: { type: 'string', default: '100,1000,10000,100000' },
    'first-seed': { type: 'string', default: '1001' },
    python: { type: 'string', default: '' },
    out: { type: 'string', default: 'bench/results/monitoring.jsonl' },
  },
});

const DAYS = 30;
const PLANTED_DAY = 14;
/** Both Python tools read raw rows; beyond this many a day they would take hours. */
const MOST_DAILY_OF_TOOLS = 10_000;

const CHANGES: Record<string, Change> = {
  none: {},
  'age +0.3 sd': { shift: 0.3 },
  'age +1 sd': { shift: 1 },
  'plan basic 50 % to 65 %': { basic: 0.65 },
  'income missing 2 % to 15 %': { missing: 0.15 },
  'new device 10 %': { unseen: 0.1 },
};

/** Share of outcomes that turn into their opposite, by the name of the change. */
const DROPS: Record<string, number> = {
  'labels as before': 0,
  '10 % of outcomes flipped': 0.1,
  '25 % of outcomes flipped': 0.25,
};
/** More labels than monitoring holds say nothing new. */
const MOST_DAILY_LABELLED = 10_000;

type Key = { system: string; daily: number; dated: boolean; change: string; seed: number };
type Cell = Key &
  Stamp & {
    /** Hours since shipping at which alerts opened, by our rule and at the first window that drifted. */
    hours?: number[];
    /** Of which columns, in the same order. */
    keys?: string[];
    plainHours?: number[];
    /** Of a tool: how much of its default limit the worst column of each day reached. */
    ratios?: (number | null)[];
  };

const cells = openCells<Cell>(options.out, () => true);
const commit = presentCommit();
const volumes = options.daily.split(',').map(Number);
const first = Number(options['first-seed']);

for (const daily of volumes) {
  for (const change of Object.keys(CHANGES)) {
    const count = Number(change === 'none' ? options.endpoints : options.planted);
    for (let seed = first; seed < first + (daily >= 100_000 ? Math.ceil(count / 2) : count); seed++) {
      await measureOurs({ system: 'slipway', daily, dated: true, change, seed });
      if (change === 'none' && seed < first + count / 2) {
        await measureOurs({ system: 'slipway', daily, dated: false, change, seed });
      }
    }
  }
  for (const [change, flipped] of Object.entries(DROPS)) {
    const count = Number(flipped === 0 ? options.endpoints : options.planted);
    for (let seed = first; daily <= MOST_DAILY_LABELLED && seed < first + count; seed++)
      await measureLabelled({ system: 'slipway', daily, dated: false, change, seed }, flipped);
  }
  const toolSeeds = Math.min(Number(options.planted), daily >= 10_000 ? 3 : 6);
  for (const python of options.python.split(',').filter(Boolean)) {
    if (daily > MOST_DAILY_OF_TOOLS) continue;
    for (const change of Object.keys(CHANGES)) {
      for (let seed = first; seed < first + toolSeeds; seed++)
        measureTool(python, { daily, dated: true, change, seed });
    }
    if (!python.includes('nannyml')) continue;
    for (const [change, flipped] of Object.entries(DROPS)) {
      for (let seed = first; seed < first + toolSeeds; seed++)
        measureAccuracy(python, { daily, dated: false, change, seed }, flipped);
    }
  }
}
show();
showDrops();

async function measureOurs(key: Key): Promise<void> {
  if (isMeasured(key)) return;
  const end = beginStamp(commit);
  const { daily, dated, seed } = key;
  const change = CHANGES[key.change]!;
  const { confirmed, unconfirmed } = await watchEndpoint({
    ...{ daily, dated, seed, change },
    days: DAYS,
    plantedDay: PLANTED_DAY,
  });
  const hours = confirmed.map(({ hour }) => hour);
  const keys = confirmed.map((one) => one.key);
  cells.keep({ ...key, hours, keys, plainHours: unconfirmed.map(({ hour }) => hour), ...end() });
}

async function measureLabelled(key: Key, flipped: number): Promise<void> {
  if (isMeasured(key)) return;
  const end = beginStamp(commit);
  const { daily, seed } = key;
  const hours = await watchPerformance({ daily, seed, flipped, days: DAYS, plantedDay: PLANTED_DAY });
  cells.keep({ ...key, hours, ...end() });
}

function measureAccuracy(python: string, key: Omit<Key, 'system'>, flipped: number): void {
  const { daily, seed } = key;
  const own = { ...key, system: 'nannyml' };
  if (isMeasured(own)) return;
  const end = beginStamp(commit);
  const traffic = labelledTraffic({ daily, seed, flipped, days: DAYS, plantedDay: PLANTED_DAY });
  const ratios = askTool(python, 'nannyml-performance', {
    reference: outcomesOf(labelledHoldout(seed)),
    traffic: outcomesOf(traffic.filter(({ isLabelled }) => isLabelled)),
  });
  cells.keep({ ...own, ratios, ...end() });
}

function outcomesOf(labelled: ReturnType<typeof labelledTraffic>): string {
  const lines = labelled.map(({ ts, score, truth }) =>
    [ts, score, Number(score >= 0.5), Number(truth)].join(','),
  );
  return ['ts,score,predicted,truth', ...lines, ''].join('\n');
}

function measureTool(python: string, key: Omit<Key, 'system'>): void {
  const system = python.includes('nannyml') ? 'nannyml' : 'evidently';
  if (isMeasured({ ...key, system })) return;
  const end = beginStamp(commit);
  const reference = csvOf(trainingRows(key.seed).training);
  const ratios = askTool(python, system, { reference, traffic: csvOf(trafficOf(key)) });
  cells.keep({ ...key, system, ratios, ...end() });
}

function askTool(
  python: string,
  asked: string,
  { reference, traffic }: { reference: string; traffic: string },
): (number | null)[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-monitoring-'));
  try {
    writeFileSync(join(folder, 'reference.csv'), reference);
    writeFileSync(join(folder, 'traffic.csv'), traffic);
    const answer = execFileSync(python, ['bench/monitoring/tools.py', asked, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // Neither sends figures of its use.
      env: { ...process.env, DO_NOT_TRACK: '1', NML_DISABLE_USAGE_LOGGING: '1' },
    });
    return JSON.parse(answer.trim().split('\n').at(-1)!) as (number | null)[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function* trafficOf({ daily, seed, change }: Pick<Key, 'daily' | 'seed' | 'change'>) {
  const random = randomOf(seed, daily, 2);
  for (let hour = 0; hour < DAYS * 24; hour++) {
    const ts = SHIPPED + hour * HOUR;
    const planted = hour >= PLANTED_DAY * 24 ? CHANGES[change]! : {};
    const count = requestsOf(ts, daily, random);
    for (let i = 0; i < count; i++) yield requestAt(ts + Math.floor((i * HOUR) / count), random, planted);
  }
}

function csvOf(requests: Iterable<ReturnType<typeof requestAt>>): string {
  const lines: string[] = [];
  for (const { ts, row, score } of requests) {
    if (lines.length === 0) lines.push(['ts', 'score', ...Object.keys(row)].join(','));
    lines.push([ts, score, ...Object.values(row).map((cell) => cell ?? '')].join(','));
  }
  return `${lines.join('\n')}\n`;
}

function isMeasured(key: Key): boolean {
  return cells.all.some((cell) =>
    (['system', 'daily', 'dated', 'change', 'seed'] as const).every((part) => cell[part] === key[part]),
  );
}

function chosen(part: Partial<Key>): Cell[] {
  return cells.all.filter((cell) =>
    Object.entries(part).every(([name, value]) => cell[name as keyof Key] === value),
  );
}

function show(): void {
  console.log('\nFalse drift alerts per endpoint and month, unchanged traffic\n');
  console.log(
    '| requests a day | endpoint months | with dates | without dates (months) | first window that drifts, with dates |',
  );
  console.log('|--:|--:|--:|--:|--:|');
  for (const daily of volumes) {
    const dated = chosen({ system: 'slipway', daily, dated: true, change: 'none' });
    const undated = chosen({ system: 'slipway', daily, dated: false, change: 'none' });
    const row = [daily.toLocaleString('en'), dated.length, rate(dated, 'hours')];
    console.log(
      `| ${[...row, `${rate(undated, 'hours')} (${undated.length})`, rate(dated, 'plainHours')].join(' | ')} |`,
    );
  }
  const systems = ['slipway', 'evidently', 'nannyml'].filter((system) => chosen({ system }).length > 0);
  console.log(
    '\nDays until a planted change is found, median (found of planted), at the same rate of false alerts\n',
  );
  console.log(`| requests a day | change | ${systems.join(' | ')} |`);
  console.log(`|--:|---|${systems.map(() => '--:|').join('')}`);
  for (const daily of volumes) {
    for (const change of Object.keys(CHANGES).filter((name) => name !== 'none')) {
      const shown = systems.map((system) => delayOf(system, daily, change));
      console.log(`| ${daily.toLocaleString('en')} | ${change} | ${shown.join(' | ')} |`);
    }
  }
}

/** Alerts about performance: false ones a month, and days until a drop is found. */
function showDrops(): void {
  const names = Object.keys(DROPS).slice(1);
  console.log('\nAlerts about performance\n');
  console.log(
    `| requests a day | endpoint months | false alerts a month | ${names.map((name) => `${name}: days, Slipway | NannyML`).join(' | ')} |`,
  );
  console.log(`|--:|--:|--:|${names.map(() => '--:|--:|').join('')}`);
  for (const daily of volumes.filter((each) => each <= MOST_DAILY_LABELLED)) {
    const calm = chosen({ system: 'slipway', daily, change: Object.keys(DROPS)[0]! });
    const found = names.flatMap((name) => [delayOf('slipway', daily, name), delayOf('nannyml', daily, name)]);
    console.log(
      `| ${[daily.toLocaleString('en'), calm.length, rate(calm, 'hours'), ...found].join(' | ')} |`,
    );
  }
}

function rate(found: readonly Cell[], of: 'hours' | 'plainHours'): string {
  if (found.length === 0) return '–';
  const alerts = found.reduce((sum, cell) => sum + (cell[of]?.length ?? 0), 0);
  return (alerts / found.length).toFixed(2);
}

function delayOf(system: string, daily: number, change: string): string {
  const isDrop = Object.hasOwn(DROPS, change);
  const planted = chosen({ system, daily, change, dated: !isDrop });
  if (planted.length === 0) return '–';
  const calm = isDrop ? Object.keys(DROPS)[0]! : 'none';
  const factor = system === 'slipway' ? 1 : factorOf(system, daily, calm);
  const wait = isDrop && system !== 'slipway' ? LATEST_LABEL_DAYS * 24 : 0;
  const delays = planted.map((cell) => {
    const hours = cell.hours ?? daysOver(cell.ratios ?? [], factor).map((day) => (day + 1) * 24 + wait);
    const opened = hours.find((hour) => hour > PLANTED_DAY * 24 + wait);
    return opened === undefined ? Number.POSITIVE_INFINITY : opened / 24 - PLANTED_DAY;
  });
  const found = delays.filter(Number.isFinite).length;
  const median = delays.sort((a, b) => a - b)[Math.floor((delays.length - 1) / 2)]!;
  return `${Number.isFinite(median) ? median.toFixed(1) : '> 16'} (${found} of ${planted.length})`;
}

/** The smallest factor of a tool's limits that gives no more false alerts a month than ours. */
function factorOf(system: string, daily: number, change: string): number {
  const ours = chosen({ system: 'slipway', daily, dated: change === 'none', change });
  const allowed = ours.reduce((sum, cell) => sum + (cell.hours?.length ?? 0), 0) / Math.max(1, ours.length);
  const quiet = chosen({ system, daily, change });
  const ratios = quiet.flatMap((cell) => cell.ratios ?? []).filter((ratio) => ratio !== null);
  const fitting = [...ratios]
    .sort((a, b) => a - b)
    .find((factor) => {
      const alerts = quiet.reduce((sum, cell) => sum + openings(cell.ratios ?? [], factor), 0);
      return alerts <= allowed * quiet.length;
    });
  return fitting ?? 1;
}

function daysOver(ratios: readonly (number | null)[], factor: number): number[] {
  return ratios.flatMap((ratio, day) => (ratio !== null && ratio > factor ? [day] : []));
}

/** Days that alert after one that did not. */
function openings(ratios: readonly (number | null)[], factor: number): number {
  const over = new Set(daysOver(ratios, factor));
  return [...over].filter((day) => !over.has(day - 1)).length;
}
