import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openJobShelf } from '../../adapters/job-shelf/index.ts';
import { systemClock } from '../../kernel/index.ts';
import { type Row, readTable } from '../../stages/ingest/index.ts';
import { decodeEngineFile, type EngineFile, encodeEngineFile } from '../../stages/pack/index.ts';
import type { Preparation } from '../../stages/prepare/index.ts';
import { loadEngine } from '../../stages/serve/index.ts';
import { packRequest } from '../../testing/packing.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { cellValue } from '../jobs/cells.ts';
import type { JobPorts, JobRun } from '../jobs/job-ports.ts';
import type { BatchInput, StageProgress } from '../model.ts';
import { rejectDuplicateColumns, storedAs } from './answer-columns.ts';
import { batchJob } from './batch-job.ts';
import { rowsOfTable } from './table-rows.ts';

let lake: TemporaryLake;
let ports: JobPorts;
let engineFile: EngineFile;
let news: StageProgress[];

beforeEach(async () => {
  lake = await temporaryLake();
  news = [];
  useModel('binary');
});
afterEach(() => lake.close());

function useModel(task: 'regression' | 'binary' | 'multiclass') {
  const { preparation, model, decision, reference } = packRequest(task);
  const written: EngineFile = {
    format: 1,
    preparation,
    model,
    decision,
    reference: reference.columns.map((values) => [...values]),
  };
  engineFile = decodeEngineFile(encodeEngineFile(written));
  const files = new Map([
    ['trees.json', encodeEngineFile(written)],
    ['slipway.json', manifestBytes(task, preparation)],
  ]);
  ports = {
    ...lake.ports,
    bundles: { open: async () => ({ folder: '', files }) },
    shelf: openJobShelf(join(lake.folder, 'shelf')),
    clock: systemClock,
  } as unknown as JobPorts;
}

/** Predicts with another engine. */
function useFile(file: EngineFile): void {
  const { task } = file.preparation;
  const files = new Map([
    ['trees.json', encodeEngineFile(file)],
    ['slipway.json', manifestBytes(task, file.preparation)],
  ]);
  ports = { ...ports, bundles: { open: async () => ({ folder: '', files }) } as never };
}

/** The rows on which the model was packed, as a file of the format. */
function holdout() {
  const { holdout, preparation } = packRequest('binary');
  return { rows: rowsOfTable(preparation.inputs, holdout.table), inputs: preparation.inputs };
}

function csvOf(rows: readonly Record<string, unknown>[], names: readonly string[]): string {
  const cell = (value: unknown) => (value == null ? '' : `"${String(value).replaceAll('"', '""')}"`);
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((line) => line.map(cell).join(','))
    .join('\n');
}

/** Keeps words that files of text take for missing, such as nan. */
function ndjsonOf(rows: readonly Record<string, unknown>[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function uploaded(content: string, filename = 'rows.csv') {
  return { file: { sha256: (await ports.objects.put(Buffer.from(content))).sha256, filename } };
}

function manifestBytes(task: string, { classes, inputs, others, missingWords }: Preparation): Buffer {
  return Buffer.from(JSON.stringify({ task, classes, inputs, others, missingWords }));
}

/** Files of these tests have some of the columns only. */
const lacking = () => ({ allowMissing: engineFile.preparation.inputs.map(({ name }) => name) });

const signal = new AbortController().signal;
/** Keeps the news of predicting; how long reading takes, and so whether it is told, is a matter of time. */
const run: JobRun = {
  news: (one) => {
    if ((one as StageProgress).stage === 'serve') news.push(one as StageProgress);
  },
  signal,
  former: null,
};

function inputOf(source: BatchInput['source'], asked: Partial<BatchInput> = {}): BatchInput {
  const model = { name: 'm', version: 1, bundleId: 'b' };
  return {
    model,
    source,
    format: 'parquet',
    keep: 'all',
    explain: false,
    by: 'me',
    callerId: 'key',
    ...asked,
  };
}

/** What a result holds, read again by what reads every file. */
async function read(sha256: string, name: string): Promise<Row[]> {
  const path = await ports.objects.localPath(sha256);
  const { ingestFile } = await import('../../stages/ingest/index.ts');
  const { manifest } = await ingestFile({ file: path, fileName: name }, lake.ports);
  const table = await readTable(manifest, lake.ports);
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(table.columns.map((column) => [column.name, cellValue(column, row)])),
  );
}

describe.each(['regression', 'binary', 'multiclass'] as const)('a batch of a %s model', (task) => {
  it.each(['parquet', 'csv'] as const)('says what the endpoint says of every row, as %s', async (format) => {
    useModel(task);
    const { rows } = holdout();
    const source = await uploaded(ndjsonOf(rows.map((row, number) => ({ ...row, number }))), 'rows.ndjson');
    const output = await batchJob(inputOf(source, { format, keep: ['number'] }), ports, run);

    expect(output).toMatchObject({ rows: rows.length, filename: `rows.predictions.${format}` });
    const result = await read(output.sha256, output.filename);
    const said = loadEngine(engineFile).predict(rows);
    expect(result.map((row) => row.number)).toEqual(rows.map((_, i) => i));
    expect(Object.keys(result[0]!).filter((name) => name.startsWith('probability_'))).toHaveLength(
      engineFile.preparation.classes.length,
    );
    for (const [i, { value, probabilities }] of said.entries()) {
      expect(result[i]!.prediction).toBe(value);
      for (const [name, share] of Object.entries(probabilities ?? {}))
        expect(result[i]![`probability_${name}`]).toBeCloseTo(share, 12);
    }
    expect(news.at(-1)).toMatchObject({ facts: { rows: rows.length, of: rows.length } });
  });

  it('tells what each column added, and with what was expected it sums to the margin', async () => {
    useModel(task);
    const { rows, inputs } = holdout();
    const names = inputs.map(({ name }) => name);
    const few = rows.slice(0, 20);
    const output = await batchJob(
      inputOf(await uploaded(csvOf(few, names)), { explain: true, keep: 'none' }),
      ports,
      run,
    );
    const result = await read(output.sha256, output.filename);
    const engine = loadEngine(engineFile);
    for (const [i, row] of few.entries()) {
      const why = engine.explain(row, i, engine.predict([row])[0]!);
      expect(result[i]!.expected).toBeCloseTo(why.expected, 10);
      for (const { column, contribution } of why.columns)
        expect(result[i]![`contribution_${column}`]).toBeCloseTo(contribution, 10);
    }
  });
});

describe('a row without a finite result', () => {
  it('ends the batch with its place in the file and its column', async () => {
    const { inputs } = engineFile.preparation;
    const number = inputs.find(({ type }) => type === 'number')!.name;
    engineFile.model.linear = [
      {
        ...{
          kind: 'number',
          feature: engineFile.preparation.features.findIndex((spec) => spec.name === number),
        },
        ...{ center: 0, scale: 1, weights: [1], missingWeights: [0] },
      },
      {
        ...{
          kind: 'number',
          feature: engineFile.preparation.features.findIndex((spec) => spec.name === number),
        },
        ...{ center: 0, scale: 1, weights: [-1], missingWeights: [0] },
      },
    ];
    useFile(engineFile);
    const source = await uploaded(`${number}\n1\n2\n1e50\n4\n`);
    await expect(batchJob(inputOf(source, { read: lacking() }), ports, run)).rejects.toMatchObject({
      code: 'predict.not-finite',
      path: expect.stringContaining('rows[2]'),
      details: { row: 'row 3 of the file', cause: `${number} = 1e+50` },
    });
  });
});

describe('classes of a number or boolean column', () => {
  it.each([
    ['number', ['0', '1'], 'BIGINT', '0'],
    ['boolean', ['false', 'true'], 'BOOLEAN', 'false'],
  ] as const)('of a %s column keep their type', async (type, classes, stored, text) => {
    const { preparation } = engineFile;
    useFile({
      ...engineFile,
      preparation: { ...preparation, classes: [...classes], others: [{ name: preparation.target, type }] },
    });
    const { rows } = holdout();
    const source = await uploaded(ndjsonOf(rows.slice(0, 50)), 'rows.ndjson');
    const parquet = await batchJob(inputOf(source, { keep: 'none', read: lacking() }), ports, run);
    const path = await ports.objects.localPath(parquet.sha256);
    expect(await parquetTypes(path)).toMatchObject({ prediction: stored });
    await rm(join(lake.folder, 'shelf'), { recursive: true });
    const asked = { format: 'csv' as const, keep: 'none' as const, read: lacking() };
    const csv = await batchJob(inputOf(source, asked), ports, run);
    const lines = Buffer.from(await ports.objects.get(csv.sha256))
      .toString()
      .split('\n');
    expect(lines[0]).toBe(`prediction,probability_${classes[0]},probability_${classes[1]}`);
    expect(lines.some((line) => line.startsWith(`${text},`))).toBe(true);
  });
});

/** The engine's own types of the columns of a Parquet file. */
async function parquetTypes(path: string): Promise<Record<string, string>> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
  connection.closeSync();
  instance.closeSync();
  return Object.fromEntries(result.getRows().map(([name, type]) => [String(name), String(type)]));
}

describe('a batch that is cut off', () => {
  it('goes on from the parts it has, and every row is there once, at its place', async () => {
    const { rows, inputs } = holdout();
    const names = inputs.map(({ name }) => name);
    const source = await uploaded(csvOf(rows, names));
    const whole = await batchJob(inputOf(source, { explain: true, read: lacking() }), ports, run);
    const shelf = join(lake.folder, 'shelf');
    expect(await readdir(shelf)).toEqual(['answers-by-place-0.parquet', 'rows.json', 'rows.parquet']);

    // What was read of the file is found again: the file itself may be gone.
    await ports.objects.collect(new Set([whole.sha256]), -60_000);
    await rm(join(shelf, 'answers-by-place-0.parquet'));
    expect((await batchJob(inputOf(source, { explain: true, read: lacking() }), ports, run)).sha256).toBe(
      whole.sha256,
    );
  });

  it('does not predict a part again that lies on its shelf', async () => {
    const parts = [3000, 3000, 1].map((count, part) =>
      Array.from({ length: count }, (_, i) => `${part * 3000 + i}`).join('\n'),
    );
    const { inputs } = holdout();
    const [input] = inputs;
    const source = await uploaded(`${input!.name}\n${parts.join('\n')}\n`);
    const stop = new AbortController();
    const cut: JobRun = {
      ...run,
      signal: stop.signal,
      news: (one) => {
        if ((one as StageProgress).stage === 'serve') stop.abort();
      },
    };
    await expect(batchJob(inputOf(source, { explain: true, read: lacking() }), ports, cut)).rejects.toThrow();
    const before = await readdir(join(lake.folder, 'shelf'));
    expect(before.filter((name) => name.startsWith('answers'))).toEqual(['answers-by-place-0.parquet']);

    const output = await batchJob(inputOf(source, { explain: true, read: lacking() }), ports, run);
    expect(news.map(({ facts }) => facts.rows)).toEqual([4000, 6000, 6001]);
    const result = await read(output.sha256, output.filename);
    expect(result.map((row) => row[input!.name])).toEqual(Array.from({ length: 6001 }, (_, i) => i));
    expect(result.every((row) => row.prediction !== null)).toBe(true);
    expect(await lake.leftovers()).toEqual([]);
  });
});

test('a batch of a dataset version of several files keeps their order', async () => {
  const { rows } = holdout();
  const numbered = rows.map((row, number) => ({ ...row, number }));
  const one = await lake.ingest('one', ndjsonOf(numbered.slice(0, 100)));
  const other = await lake.ingest('other', ndjsonOf(numbered.slice(100)));
  const manifest = {
    ...one.manifest,
    rows: rows.length,
    segments: [...one.manifest.segments, ...other.manifest.segments],
  };
  const output = await batchJob(inputOf({ dataset: 'd', version: 2, manifest }), ports, run);
  const result = await read(output.sha256, output.filename);
  expect(output.filename).toBe('d-2.predictions.parquet');
  expect(result.map((row) => row.number)).toEqual(rows.map((_, i) => i));
  expect(result.map((row) => row.prediction)).toEqual(
    loadEngine(engineFile)
      .predict(rows)
      .map(({ value }) => value),
  );
});

describe('rows that the model does not take are refused before any is predicted', () => {
  const refused = async (content: string, asked: Partial<BatchInput> = {}) => {
    const failing = batchJob(inputOf(await uploaded(content), { read: lacking(), ...asked }), ports, run);
    await expect(failing).rejects.toMatchObject({ code: expect.any(String) });
    expect(news).toEqual([]);
    return failing.catch((error: unknown) => error);
  };
  const number = () => engineFile.preparation.inputs.find(({ type }) => type === 'number')!;

  it('words where numbers belong, told by the first row that has one', async () => {
    const { name } = number();
    expect(await refused(`${name}\n1\n2\nmany\n4\n`)).toMatchObject({
      code: 'file.value-unreadable',
      path: name,
      details: { row: 3, line: 4, value: '"many"' },
    });
  });

  it('a column that may not be missing', async () => {
    const input = number();
    input.nullable = false;
    const files = new Map([
      ['trees.json', encodeEngineFile(engineFile)],
      ['slipway.json', manifestBytes('binary', engineFile.preparation)],
    ]);
    ports = { ...ports, bundles: { open: async () => ({ folder: '', files }) } as never };
    const other = engineFile.preparation.inputs.find(({ name }) => name !== input.name)!;
    expect(await refused(`${other.name}\nx\n`, { read: {} })).toMatchObject({
      code: 'file.column-missing',
      path: expect.any(String),
    });
    expect(await refused(`${input.name},z\n1,a\n,b\n`)).toMatchObject({
      code: 'predict.missing-column',
      path: `rows[1].${input.name}`,
    });
  });

  it('none of the columns of the model', async () => {
    expect(await refused('a,b\n1,2\n', { read: {} })).toMatchObject({ code: 'file.column-missing' });
  });

  it('a column to keep that is not there, or that has the name of an answer', async () => {
    const { name } = number();
    expect(await refused(`${name}\n1\n`, { keep: ['id'] })).toMatchObject({
      code: 'request.invalid',
      path: 'keep',
    });
    await rm(join(lake.folder, 'shelf'), { recursive: true });
    expect(await refused(`${name},Prediction\n1,2\n`)).toMatchObject({
      code: 'request.invalid',
      path: 'keep',
    });
  });

  it('a file without rows', async () => {
    expect(await refused(`${number().name}\n`)).toMatchObject({ code: 'file.no-rows' });
  });
});

test('words that look like numbers stay words for a model that takes words', async () => {
  const input = engineFile.preparation.inputs.find(({ type }) => type === 'string')!;
  const spec = engineFile.preparation.features.find(({ name }) => name === input.name)!;
  if (spec.kind !== 'category') throw new Error('the sample has a category');
  const level = spec.levels.length;
  spec.levels.push('007');
  expect(level).toBeGreaterThan(0);
  const files = new Map([
    ['trees.json', encodeEngineFile(engineFile)],
    ['slipway.json', manifestBytes('binary', engineFile.preparation)],
  ]);
  ports = { ...ports, bundles: { open: async () => ({ folder: '', files }) } as never };
  await mkdir(lake.folder, { recursive: true });
  const rows = ['007', '12', '1.0'].map((word) => ({ [input.name]: word }));
  const output = await batchJob(
    inputOf(await uploaded(csvOf(rows, [input.name])), { read: lacking() }),
    ports,
    run,
  );
  const result = await read(output.sha256, 'x.parquet');
  expect(result.map((row) => row[input.name])).toEqual(['007', '12', '1.0']);
  expect(result.map((row) => row.probability_yes)).toEqual(
    loadEngine(engineFile)
      .predict(rows)
      .map(({ probabilities }) => probabilities!.yes),
  );
});

describe('answers whose names differ in case alone', () => {
  const classes = ['Yes', 'yes'];
  beforeEach(() => {
    engineFile.preparation.classes.splice(0, 2, ...classes);
    const files = new Map([
      ['trees.json', encodeEngineFile(engineFile)],
      ['slipway.json', manifestBytes('binary', { ...engineFile.preparation, classes })],
    ]);
    ports = { ...ports, bundles: { open: async () => ({ folder: '', files }) } as never };
  });

  it('each keep their values and their names in CSV, beside a kept column called as a part calls its own', async () => {
    const { rows } = holdout();
    const numbered = rows.map((row, number) => ({ ...row, a1: number }));
    const source = await uploaded(ndjsonOf(numbered), 'rows.ndjson');
    const output = await batchJob(inputOf(source, { format: 'csv', keep: ['a1'] }), ports, run);
    const [heading, ...lines] = Buffer.from(await ports.objects.get(output.sha256))
      .toString()
      .trimEnd()
      .split('\n');
    expect(heading).toBe('a1,prediction,probability_Yes,probability_yes');
    expect(output.rows).toBe(rows.length);
    expect(
      lines
        .map((line) => line.split(','))
        .map(([a1, value, ...shares]) => [a1, value, ...shares.map(Number)]),
    ).toEqual(
      loadEngine(engineFile)
        .predict(rows)
        .map(({ value, probabilities }, i) => [`${i}`, value, probabilities!.Yes, probabilities!.yes]),
    );
  });

  it('are refused as Parquet, which would give the one for the other, before any row is predicted', async () => {
    const { rows } = holdout();
    const failing = batchJob(inputOf(await uploaded(ndjsonOf(rows), 'rows.ndjson')), ports, run);
    await expect(failing).rejects.toMatchObject({ code: 'request.invalid', path: 'format' });
    expect(news).toEqual([]);
  });
});

test.each(['parquet', 'csv'] as const)('two answers of one name are refused as %s', (format) => {
  expect(() => rejectDuplicateColumns(storedAs(['prediction', 'x_0', 'x_0'], 'number'), format)).toThrow(
    expect.objectContaining({ code: 'request.invalid', path: 'model' }),
  );
});

test('outputs called prediction and Prediction are refused as Parquet alone', () => {
  const answers = storedAs(['prediction', 'Prediction'], 'number');
  expect(() => rejectDuplicateColumns(answers, 'parquet')).toThrow(
    expect.objectContaining({ path: 'format' }),
  );
  expect(() => rejectDuplicateColumns(answers, 'csv')).not.toThrow();
});

test('the heading of CSV quotes what would end a name', async () => {
  const [input] = engineFile.preparation.inputs;
  const rows = [{ [input!.name]: 1, 'a "b", c': 2 }];
  const source = await uploaded(ndjsonOf(rows), 'rows.ndjson');
  const output = await batchJob(
    inputOf(source, { format: 'csv', keep: ['a "b", c'], read: lacking() }),
    ports,
    run,
  );
  const text = Buffer.from(await ports.objects.get(output.sha256)).toString();
  expect(text.split('\n')[0]).toBe('"a ""b"", c",prediction,probability_no,probability_yes');
  expect(text.endsWith('\n')).toBe(true);
});

test('CSV says numbers, moments and truth as JSON does, and makes formulas inert', async () => {
  const [input] = engineFile.preparation.inputs;
  const rows = [
    { [input!.name]: 2, whole: 4, part: 0.5, at: '2024-02-29T12:30:00.000Z', is: true, says: '=1+1' },
    { [input!.name]: 3, whole: -1, part: 3, at: '2024-03-01T00:00:00.000Z', is: false, says: '-5' },
    { [input!.name]: 4, whole: null, part: null, at: null, is: null, says: 'a "b", c' },
  ];
  const keep = ['whole', 'part', 'at', 'is', 'says'];
  const output = await batchJob(
    inputOf(await uploaded(ndjsonOf(rows), 'r.json'), { format: 'csv', keep, read: lacking() }),
    ports,
    run,
  );
  const lines = Buffer.from(await ports.objects.get(output.sha256))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/,(?:yes|no),[^,]+,[^,]+$/, ''));
  expect(lines).toEqual([
    'whole,part,at,is,says,prediction,probability_no,probability_yes',
    `4,0.5,2024-02-29T12:30:00.000Z,true,'=1+1`,
    '-1,3,2024-03-01T00:00:00.000Z,false,-5',
    ',,,,"a ""b"", c"',
  ]);
});
