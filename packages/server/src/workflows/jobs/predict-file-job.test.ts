import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJobShelf } from '../../adapters/job-shelf/index.ts';
import { postByFetch } from '../../adapters/local-socket/index.ts';
import { systemClock } from '../../kernel/index.ts';
import type { RowRange, Workspace } from '../../stages/ingest/index.ts';
import { predictionIds } from '../../stages/serve/index.ts';
import { constantBundle } from '../../testing/bundle-builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { StageProgress } from '../model.ts';
import type { JobPorts } from './job-ports.ts';
import { predictFileJob } from './predict-file-job.ts';
import { MOST_SLICE_ROWS } from './table-slices.ts';

const ROWS = 1800;

let lake: TemporaryLake;
let ports: JobPorts;
let bundleId: string;
let endpoint: Server;
/** Ages that the endpoint predicted, in order; it breaks when it has answered so many calls. */
let predicted: number[];
let answersLeft: number;
let calls: { rows: number; url: string }[];

beforeEach(async () => {
  lake = await temporaryLake();
  const built = await constantBundle(`${lake.folder}/bundles/built`, 0.9);
  bundleId = built.bundleId;
  const files = new Map([['slipway.json', Buffer.from(JSON.stringify(built.manifest))]]);
  predicted = [];
  calls = [];
  answersLeft = Number.POSITIVE_INFINITY;
  endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isBroken = answersLeft-- <= 0;
      response.writeHead(isBroken ? 422 : 200, { 'content-type': 'application/json' });
      if (isBroken) return response.end(JSON.stringify({ code: 'predict.no-rows', detail: 'broken' }));
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      if ('horizon' in body) return response.end(JSON.stringify(stepsAhead(body)));
      const { rows } = body;
      predicted.push(...rows.map(({ age }) => age));
      calls.push({ rows: rows.length, url: request.url! });
      const predictions = rows.map(({ age }) => ({
        id: newId(),
        value: 'Yes',
        probabilities: { No: 0.1, Yes: 0.9 },
        ...(request.url!.includes('explain') ? { explanation: explanationOf(age) } : {}),
      }));
      return response.end(JSON.stringify({ model: { name: 'm', version: 1 }, predictions }));
    });
  }).listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const { port } = endpoint.address() as AddressInfo;
  ports = {
    ...lake.ports,
    clock: systemClock,
    bundles: { open: async () => ({ folder: '', files }) },
    shelf: openJobShelf(shelf()),
    post: postByFetch,
    predictUrl: () => `http://127.0.0.1:${port}/`,
    platformToken: 'token',
  } as unknown as JobPorts;
});
afterEach(async () => {
  endpoint.close();
  await lake.close();
});

/** The model takes them, and the file lacks them. */
const LACKING = { allowMissing: ['active', 'since'] };

type Body = { rows: { age: number }[] } | { horizon: number; series?: string[] };

/** What a forecast of sales by shop answers. */
function stepsAhead({ horizon, series = ['=A', 'B, C'] }: Extract<Body, { horizon: number }>) {
  const predictions = series.flatMap((shop) =>
    Array.from({ length: horizon }, (_, step) => ({
      id: `p_${shop}${step}`,
      value: step + 0.5,
      intervals: [{ lower: step, upper: step + 1, level: 0.8 }],
      row: { day: `2024-01-0${step + 1}T23:00:00.000Z`, shop },
      time: `2024-01-0${step + 2}T00:00:00+01:00`,
    })),
  );
  return { model: { name: 'm', version: 1 }, predictions };
}

const newId = predictionIds('p', 'abcdefgh', systemClock);

/** Where the job keeps the rows of its file. */
const shelf = () => join(lake.folder, 'shelf');

async function uploaded(rows = ROWS) {
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row % 7},Monthly`);
  const csv = `age,total charges,contract\n${lines.join('\n')}\n`;
  return { sha256: (await ports.objects.put(Buffer.from(csv))).sha256, filename: 'rows.csv' };
}

it.each(['csv', 'ndjson'] as const)('a file that is cut off goes on where it was, as %s', async (format) => {
  const input = { file: await uploaded(), endpoint: 'e', bundleId, format, read: LACKING };
  let told: StageProgress | null = null;
  const run = (former: unknown) =>
    predictFileJob(input, ports, {
      news: (news) => {
        told = news as StageProgress;
      },
      signal: new AbortController().signal,
      former,
    });
  answersLeft = 2;
  await expect(run(null)).rejects.toMatchObject({ code: 'predict.no-rows', message: 'broken' });
  expect(told).toMatchObject({ facts: { rows: 1000 } });
  answersLeft = Number.POSITIVE_INFINITY;
  const output = await run(told);

  expect(predicted).toEqual(Array.from({ length: ROWS }, (_, row) => row));
  const text = Buffer.from(await ports.objects.get(output.sha256)).toString();
  expect(output.rows).toBe(ROWS);
  expect(new Set(text.match(/p_[0-9a-z]{22}/g)).size).toBe(ROWS);
  expect(text.split('\n').filter((line) => line.startsWith('age,')).length).toBe(format === 'csv' ? 1 : 0);

  predicted = [];
  await run({ ...told!, facts: { rows: 1000, parts: ['0'.repeat(64)] } });
  expect(predicted).toHaveLength(ROWS); // what was written is gone, so it begins again
});

/** The largest first, which is another column for each row. */
function explanationOf(age: number) {
  const columns = [
    { column: 'contract', contribution: 1 },
    { column: 'age', contribution: age / 10 },
  ];
  const sorted = columns.sort((a, b) => b.contribution - a.contribution);
  return { of: 'Yes', scale: 'log-odds', expected: -0.5, columns: sorted };
}

it('a file that is explained says what each column added, in the order of the file, fifty rows a call', async () => {
  const input = {
    file: await uploaded(),
    endpoint: 'e',
    bundleId,
    format: 'csv' as const,
    explain: true,
    read: LACKING,
  };
  const run = { news: () => {}, signal: new AbortController().signal, former: null };
  const output = await predictFileJob(input, ports, run);
  const [heading, ...lines] = Buffer.from(await ports.objects.get(output.sha256))
    .toString()
    .trimEnd()
    .split('\r\n');
  expect(heading).toMatch(/,expected,contribution_age,contribution_contract$/);
  expect(lines.map((line) => line.split(',').slice(-3))).toEqual(
    Array.from({ length: ROWS }, (_, age) => ['-0.5', String(age / 10), '1']),
  );
  expect(calls).toHaveLength(ROWS / 50);
  expect(calls.every(({ rows, url }) => rows === 50 && url.endsWith('?explain=true'))).toBe(true);
});

/** The ranges of rows that were read into memory, as the job asked for them; whole columns are refused. */
function watchReading(): RowRange[] {
  const ranges: RowRange[] = [];
  const { tables } = ports;
  const watched = (workspace: Workspace) =>
    new Proxy(workspace, {
      get(target, name: keyof Workspace) {
        if (name === 'columns') throw new Error('whole columns were read into memory');
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'slice') ranges.push(args[2] as RowRange);
          return value.apply(target, args);
        };
      },
    });
  ports = { ...ports, tables: { open: async (options) => watched(await tables.open(options)) } };
  return ranges;
}

it.each(['csv', 'ndjson'] as const)(
  'a long file is read a slice of rows at a time, as %s',
  async (format) => {
    const rows = 2 * MOST_SLICE_ROWS + 300;
    const ranges = watchReading();
    const input = { file: await uploaded(rows), endpoint: 'e', bundleId, format, read: LACKING };
    const run = { news: () => {}, signal: new AbortController().signal, former: null };
    const output = await predictFileJob(input, ports, run);

    expect(ranges).toEqual([
      { from: 0, to: MOST_SLICE_ROWS },
      { from: MOST_SLICE_ROWS, to: 2 * MOST_SLICE_ROWS },
      { from: 2 * MOST_SLICE_ROWS, to: rows },
    ]);
    const everyRow = Array.from({ length: rows }, (_, row) => row);
    expect(predicted).toEqual(everyRow);
    const lines = Buffer.from(await ports.objects.get(output.sha256))
      .toString()
      .trimEnd()
      .split('\n');
    const ages = lines
      .slice(format === 'csv' ? 1 : 0)
      .map((line) => (format === 'csv' ? Number(line.split(',')[0]) : JSON.parse(line).row.age));
    expect(ages).toEqual(everyRow);
  },
);

it('a file whose rows were read before the worker ended is not read again', async () => {
  const input = { file: await uploaded(), endpoint: 'e', bundleId, format: 'csv' as const, read: LACKING };
  const run = { news: () => {}, signal: new AbortController().signal, former: null };
  answersLeft = 1;
  await expect(predictFileJob(input, ports, run)).rejects.toMatchObject({ code: 'predict.no-rows' });
  answersLeft = Number.POSITIVE_INFINITY;
  await rm(await ports.objects.localPath(input.file.sha256));
  expect((await predictFileJob(input, ports, run)).rows).toBe(ROWS);
});

it('the next steps of a forecast are written with their time and series, in local time', async () => {
  const run = { news: () => {}, signal: new AbortController().signal, former: null };
  const written = async (format: 'csv' | 'ndjson', ahead: { horizon: number; series?: string[] }) => {
    const output = await predictFileJob({ ahead, endpoint: 'e', bundleId, format }, ports, run);
    return { ...output, text: Buffer.from(await ports.objects.get(output.sha256)).toString() };
  };
  const csv = await written('csv', { horizon: 2 });
  expect([csv.rows, csv.filename]).toEqual([4, 'e.forecast.csv']);
  expect(csv.text.split('\r\n')).toEqual([
    'day,shop,prediction_id,prediction,lower_80,upper_80',
    "2024-01-02T00:00:00+01:00,'=A,p_=A0,0.5,0,1",
    "2024-01-03T00:00:00+01:00,'=A,p_=A1,1.5,1,2",
    '2024-01-02T00:00:00+01:00,"B, C","p_B, C0",0.5,0,1',
    '2024-01-03T00:00:00+01:00,"B, C","p_B, C1",1.5,1,2',
    '',
  ]);
  const lines = await written('ndjson', { horizon: 1, series: ['x'] });
  expect(JSON.parse(lines.text)).toMatchObject({
    row: { day: '2024-01-02T00:00:00+01:00', shop: 'x' },
    prediction: { value: 0.5 },
  });
});
