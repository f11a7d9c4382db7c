import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint, LabelQueue, LabelTask, MonitorReport, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, type Platform, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const ROWS = 600;
/** Rows at the end of the table that have no answer yet. */
const UNANSWERED = 12;

/** Names that every plain object inherits, as columns, categories and classes. */
const COLUMNS = ['__proto__', 'constructor', 'toString', 'valueOf', 'isPrototypeOf'] as const;
const TARGET = 'hasOwnProperty';
const CLASSES = ['__proto__', 'constructor', 'toString'];
const CATEGORIES = ['__proto__', 'hasOwnProperty', 'valueOf', 'plain'];

type Cell = string | number | boolean;

/** A row of the table, in the order of {@link COLUMNS}, and its class, which the first two columns decide. */
function rowAt(index: number): { cells: Cell[]; answer: string } {
  const category = CATEGORIES[(index * 7) % 4]!;
  const number = (index * 37) % 61;
  const answer = category === '__proto__' ? 'constructor' : number < 30 ? '__proto__' : 'toString';
  return {
    cells: [category, number, (index * 13) % 17, CATEGORIES[(index * 5) % 3]!, index % 2 === 1],
    answer,
  };
}

const rows = Array.from({ length: ROWS }, (_, index) => rowAt(index));
const cells = rows.map((row) => row.cells);
const answers = rows.map((row) => row.answer);
const csv = (lines: readonly (readonly Cell[])[]) => `${lines.map((line) => line.join(',')).join('\n')}\n`;
/** JSON by hand: an object literal takes `__proto__` for something else. */
const jsonRow = (row: readonly Cell[]) =>
  `{${row.map((cell, place) => `${JSON.stringify(COLUMNS[place])}:${JSON.stringify(cell)}`).join()}}`;
const columnsOf = (record: object) => Object.keys(record).toSorted();

describe('a table whose columns, categories and classes have the names that every object inherits', () => {
  let platform: Platform;
  let shipped: ShipResult;
  let token: string;
  let folder: string;

  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const call = async (path: string, body: string, type = 'application/json') => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const response = await fetch(`${platform.inferenceUrl}${path}`, { method: 'POST', headers, body });
    const text = await response.text();
    expect(response.status, text.slice(0, 300)).toBe(200);
    return JSON.parse(text);
  };

  beforeAll(async () => {
    platform = await startPlatform();
    folder = await mkdtemp(join(tmpdir(), 'slipway-names-'));
    const unanswered = cells.slice(0, UNANSWERED).map((row) => [...row, '']);
    const table = [[...COLUMNS, TARGET], ...rows.map((row) => [...row.cells, row.answer]), ...unanswered];
    const path = await file('names.csv', csv(table));
    shipped = await platform.answer<ShipResult>(['ship', path, '--target', TARGET, '--budget', '3s']);
    const params = { name: 'names' };
    token = (await platform.client.call['tokens.create']({ params, body: { name: 'shop' } })).secret;
  }, 4 * MINUTES);
  afterAll(cleanUp);

  it('is learned, and named as it is', async () => {
    expect(shipped).toMatchObject({ task: 'multiclass', target: TARGET, endpoint: { name: 'names' } });
    expect(shipped.metrics.all.accuracy).toBeGreaterThan(0.95);
    const endpoint = await platform.answer<Endpoint>(['endpoints', 'show', 'names']);
    expect(endpoint.inputs.map(({ name }) => name)).toEqual(COLUMNS);
    expect(endpoint.classes.toSorted()).toEqual(CLASSES);
    expect(columnsOf(endpoint.example.rows![0]!)).toEqual(COLUMNS.toSorted());
    const preview = await platform.client.call['datasets.preview']({
      params: { name: 'names', version: 1 },
    });
    expect(columnsOf(preview.rows[0]!)).toEqual([...COLUMNS, TARGET].toSorted());
  });

  it('is read from JSON as from CSV', async () => {
    const path = await file('as-json.json', `[${cells.map(jsonRow)}]`);
    await platform.answer(['data', 'add', path, '--name', 'as-json']);
    const params = { name: 'as-json', version: 1 };
    const { rows: read } = await platform.client.call['datasets.preview']({ params });
    expect(read.map((row) => JSON.stringify(row))).toEqual(cells.slice(0, read.length).map(jsonRow));
  });

  /** The share of the rows whose class the predictions give. */
  const right = (values: readonly unknown[]) =>
    values.filter((value, row) => value === answers[row]).length / values.length;

  it('is predicted by rows', async () => {
    const answer = await call('/endpoints/names/predict', `{"rows":[${cells.map(jsonRow)}]}`);
    const predictions = answer.predictions as { value: string; probabilities: Record<string, number> }[];
    expect(right(predictions.map(({ value }) => value))).toBeGreaterThan(0.95);
    for (const { value, probabilities } of predictions) {
      const shares = new Map(Object.entries(probabilities));
      expect([...shares.keys()].toSorted()).toEqual(CLASSES);
      expect(shares.get(value)).toBe(Math.max(...shares.values()));
      expect([...shares.values()].reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
    }
  });

  it.each([
    [
      'dataframe_split',
      `{"dataframe_split":{"columns":${JSON.stringify(COLUMNS)},"data":${JSON.stringify(cells)}}}`,
    ],
    ['dataframe_records', `{"dataframe_records":[${cells.map(jsonRow)}]}`],
    [
      'inputs',
      `{"inputs":{${COLUMNS.map((name, at) => `"${name}":${JSON.stringify(cells.map((row) => row[at]))}`)}}}`,
    ],
  ])('is predicted by the MLflow form %s', async (_, body) => {
    const { predictions } = await call('/endpoints/names/invocations', body);
    expect(right(predictions.map(({ value }: { value: string }) => value))).toBeGreaterThan(0.95);
    const columns = ['value', ...CLASSES.map((name) => `probability_${name}`)];
    expect(columnsOf(predictions[0])).toEqual(columns.toSorted());
  });

  it('is predicted by CSV', async () => {
    const { predictions } = await call('/endpoints/names/invocations', csv([COLUMNS, ...cells]), 'text/csv');
    expect(right(predictions.map(({ value }: { value: string }) => value))).toBeGreaterThan(0.95);
  });

  it('is predicted by the instances of KServe V1 and by the tensors of V2', async () => {
    const v1 = await call('/v1/models/names:predict', `{"instances":[${cells.map(jsonRow)}]}`);
    expect(v1.predictions).toHaveLength(ROWS);
    const datatypes = ['BYTES', 'FP64', 'FP64', 'BYTES', 'BOOL'];
    const inputs = COLUMNS.map((name, at) => ({
      name,
      datatype: datatypes[at],
      shape: [ROWS],
      data: cells.map((row) => row[at]),
    }));
    const { outputs } = await call('/v2/models/names/infer', JSON.stringify({ inputs }));
    const byName = new Map(
      outputs.map((output: { name: string; data: unknown[] }) => [output.name, output.data]),
    );
    expect(right(byName.get('value') as unknown[])).toBeGreaterThan(0.95);
    for (const name of CLASSES)
      expect((byName.get(`probability_${name}`) as number[]).every(Number.isFinite)).toBe(true);
  });

  it('is described by the OpenAPI document of its endpoint, every column required', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${platform.inferenceUrl}/endpoints/names/openapi.json`, { headers });
    const text = await response.text();
    for (const name of COLUMNS) expect(text).toContain(`"${name}":{"type"`);
  });

  it('is predicted as a file, with reasons, and as a batch of the dataset', async () => {
    const unlabelled = await file('later.csv', csv([COLUMNS, ...cells]));
    const out = join(folder, 'out.ndjson');
    const { code, stderr } = await platform.run(['predict', 'names', unlabelled, '--explain', '--out', out]);
    expect(code, stderr).toBe(0);
    const lines = (await readFile(out, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(ROWS);
    expect(columnsOf(lines[0].row)).toEqual(COLUMNS.toSorted());
    const explained = lines[0].prediction.explanation.columns as { column: string; contribution: number }[];
    const [most, ...others] = explained.map(({ column }) => column);
    expect(most).toBe('__proto__');
    expect(others).toContain('constructor');
    expect(right(lines.map(({ prediction }) => prediction.value))).toBeGreaterThan(0.95);
    const batch = join(folder, 'batch.csv');
    const words = ['batch', 'predict', 'names', unlabelled, '--out', batch];
    const done = await platform.run(words);
    expect(done.code, done.stderr).toBe(0);
    const [heading, ...predicted] = (await readFile(batch, 'utf8')).trim().split('\n');
    const added = ['prediction', ...CLASSES.map((name) => `probability_${name}`)];
    expect(heading).toBe([...COLUMNS, ...added].join(','));
    const place = COLUMNS.length;
    expect(right(predicted.map((line) => line.split(',')[place]))).toBeGreaterThan(0.95);
  });

  it(
    'is watched: no drift in the same rows, and the quality that labels give',
    async () => {
      const { predictions } = await call('/endpoints/names/predict', `{"rows":[${cells.map(jsonRow)}]}`);
      const labels = predictions.map(({ id }: { id: string }, row: number) => ({ id, value: answers[row] }));
      await platform.client.call['labels.add']({ params: { name: 'names' }, body: { labels } });
      const report = await platform.answer<MonitorReport>(['monitor', 'names']);
      expect(report.drifted).toBe(false);
      expect(report.columns.map(({ name }) => name).toSorted()).toEqual(COLUMNS.toSorted());
      const { realised } = report.performance as {
        realised: { metrics: Record<string, number>; labelled: number };
      };
      expect(realised.labelled).toBe(ROWS);
      expect(realised.metrics.accuracy).toBeGreaterThan(0.95);
    },
    2 * MINUTES,
  );

  it(
    'is labelled by people, with every column shown',
    async () => {
      await platform.answer<LabelQueue>(['label', 'open', 'names', '--target', TARGET]);
      const { queues } = await platform.client.call['labelling.list']();
      const task = await platform.answer<{ task: LabelTask }>(['label', 'next', queues[0]!.name]);
      expect(columnsOf(task.task.values)).toEqual(COLUMNS.toSorted());
    },
    2 * MINUTES,
  );

  it(
    'is trained again on labelled traffic and more rows',
    async () => {
      const more = await file(
        'more.csv',
        csv([[...COLUMNS, TARGET], ...rows.map((row) => [...row.cells, row.answer])]),
      );
      const again = await platform.run(['retrain', 'names', more, '--budget', '3s']);
      expect([0, 10], again.stderr).toContain(again.code);
    },
    4 * MINUTES,
  );
});
