import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatasetManifest, readTable, type TableEngine } from '../../../stages/ingest/index.ts';
import { seriesRows } from '../../../stages/train/index.ts';
import { type TemporaryLake, temporaryLake } from '../../../testing/temporary-lake.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { ForecastOptions } from '../../model.ts';
import { columnsAsked } from './columns-asked.ts';
import { readForecastTable } from './read-forecast-table.ts';

const SHOPS = 30;
const DAYS = 40;

let lake: TemporaryLake;
let manifest: DatasetManifest;
beforeAll(async () => {
  lake = await temporaryLake();
  const lines = Array.from({ length: SHOPS * DAYS }, (_, row) => {
    const [shop, day] = [row % SHOPS, Math.floor(row / SHOPS)];
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
    const note = row % 11 === 0 ? '' : `note ${row}`;
    return `shop ${shop},${date},${(shop * day) % 97},${day % 7},region ${shop % 4},${shop * 10},${note},${row % 13}`;
  });
  const heading = 'shop,day,sales,holiday,region,size,note,visitors';
  manifest = (await lake.ingest('shops.csv', `${heading}\n${lines.join('\n')}\n`)).manifest;
});
afterAll(() => lake.close());

const signal = new AbortController().signal;
const wish: ForecastOptions = { time: 'DAY', series: 'shop', horizon: 7, known: ['holiday'] };
type Asked = { exclude?: string[]; target?: string };
const inputOf = (asked: Asked = {}) => ({
  manifest,
  dataset: 'shops',
  target: 'sales',
  exclude: [],
  ...asked,
});
const PLENTY = Number.POSITIVE_INFINITY;

/** Reads with an engine that notes which columns come into memory, together. */
async function read(input: ReturnType<typeof inputOf>, told: ForecastOptions, memoryBytes = PLENTY) {
  const reads: string[][] = [];
  const tables: TableEngine = {
    async open(options) {
      const workspace = await lake.ports.tables.open(options);
      return new Proxy(workspace, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            if (name === 'columns') reads.push((args[1] as { name: string }[]).map((column) => column.name));
            return value.apply(target, args);
          };
        },
      });
    },
  };
  const ports = { ...lake.ports, tables, trainingMemoryBytes: memoryBytes } as unknown as JobPorts;
  const reading = readForecastTable(input, told, ports, signal);
  return { reading, reads };
}

describe('what a forecast reads of a dataset', () => {
  it.each<[string, Asked, ForecastOptions]>([
    ['several series', {}, wish],
    ['several series without a column', { exclude: ['size'] }, wish],
    ['series of two columns', {}, { ...wish, series: 'shop, region' }],
  ])('gives the rows that the whole table gives: %s', async (_, of, told) => {
    const input = inputOf(of);
    const whole = await readTable(manifest, lake.ports, { target: input.target });
    const { reading } = await read(input, told);
    const asked = columnsAsked(input, told);
    expect(seriesRows(await reading, asked)).toEqual(seriesRows(whole, asked));
  });

  it('is the columns that it names together, and of the others one at a time those that may tell series apart', async () => {
    const { reading, reads } = await read(inputOf(), wish);
    expect((await reading).columns.map(({ name }) => name)).toEqual([
      'day',
      'sales',
      'shop',
      'holiday',
      'region',
      'size',
    ]);
    expect(reads).toEqual([
      ['day', 'sales', 'shop', 'holiday'],
      ['region'],
      ['size'],
      ['note'],
      ['visitors'],
    ]);
  });

  it('is no other column where there is one series', async () => {
    const { reading, reads } = await read(inputOf(), { ...wish, series: null });
    await reading;
    expect(reads).toEqual([['day', 'sales', 'holiday']]);
  });

  it('is refused before anything is read where it needs more memory than a training may take', async () => {
    const { reading, reads } = await read(inputOf(), wish, 200_000);
    await expect(reading).rejects.toMatchObject({
      code: 'train.needs-memory',
      details: { dataset: 'shops', rows: SHOPS * DAYS },
    });
    expect(reads).toEqual([]);
  });

  it.each<[string, Asked, ForecastOptions, string]>([
    ['a time of words', {}, { ...wish, time: 'note' }, 'forecast.time-unreadable'],
    ['a target of words', { target: 'note' }, wish, 'target.not-numeric'],
    ['a column that is not there', {}, { ...wish, known: ['weather'] }, 'forecast.column-missing'],
  ])('is refused before anything is read: %s', async (_, of, told, code) => {
    const { reading, reads } = await read(inputOf(of), told);
    await expect(reading).rejects.toMatchObject({ code });
    expect(reads).toEqual([]);
  });
});

it('more series than can be forecast are refused before the table is read', async () => {
  const lines = Array.from({ length: 20_001 }, (_, row) => `key ${row},${row % 9},2024-01-0${1 + (row % 9)}`);
  const { manifest: many } = await lake.ingest('many.csv', `key,y,day\n${lines.join('\n')}\n`);
  const { reading, reads } = await read(
    { ...inputOf({ target: 'y' }), manifest: many },
    { time: 'day', series: 'key', horizon: null, known: [] },
  );
  await expect(reading).rejects.toMatchObject({
    code: 'forecast.too-many-series',
    details: { series: 20_001, limit: 20_000 },
  });
  expect(reads).toEqual([]);
});
