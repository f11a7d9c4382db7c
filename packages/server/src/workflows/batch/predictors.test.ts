import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../../adapters/onnx/index.ts';
import type { Column, Table } from '../../stages/ingest/index.ts';
import { loadForecast } from '../../stages/serve/index.ts';
import { builtModelProcess } from '../../testing/built-inference.ts';
import { forecastFile } from '../../testing/forecast.builder.ts';
import { importedBundle } from '../../testing/imported-bundle.ts';
import { denseModel, imageModel, longModel, mixingModel, textModel } from '../../testing/sample-onnx.ts';
import { cellValue } from '../jobs/cells.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { forecastPredictor } from './forecast-predictor.ts';
import { openPredictor } from './open-predictor.ts';

function numbers(name: string, values: readonly number[]): Column {
  return { name, type: 'number', values: Float64Array.from(values) };
}

function tableOf(...columns: Column[]): Table {
  const [first] = columns;
  return { rows: first!.type === 'string' ? first!.codes.length : first!.values.length, columns };
}

/** Cells by column, as callers would see them. */
function cellsOf({ rows, columns }: Table): Record<string, unknown[]> {
  return Object.fromEntries(
    columns.map((column) => [column.name, Array.from({ length: rows }, (_, row) => cellValue(column, row))]),
  );
}

describe('a batch of a forecast', () => {
  const file = forecastFile();
  const predictor = forecastPredictor(file, [0.8, 0.95]);
  const days = (texts: readonly string[]): Column => ({
    name: 'day',
    type: 'timestamp',
    values: Float64Array.from(texts, (text) => Date.parse(text)),
  });
  const shops: Column = {
    name: 'shop',
    type: 'string',
    codes: Int32Array.of(0, 1),
    dictionary: ['north', 'south'],
  };

  it('looks each row up by its time and series, with the bounds of every level', async () => {
    const table = tableOf(days(['2024-03-31', '2024-04-06']), shops, numbers('number', [1, 2]));
    const answers = cellsOf(await predictor.predict(table, 0));
    const said = loadForecast(file).predict([
      { day: '2024-03-31', shop: 'north', number: 1 },
      { day: '2024-04-06', shop: 'south', number: 2 },
    ]);
    expect(Object.keys(answers)).toEqual(['prediction', 'lower_80', 'upper_80', 'lower_95', 'upper_95']);
    expect(answers.prediction).toEqual(said.map(({ value }) => value));
    expect(answers.upper_95).toEqual(said.map(({ interval }) => interval!.upper));
    expect(predictor.answers.map(({ name }) => name)).toEqual(Object.keys(answers));
  });

  it('refuses a row beyond its horizon by its place among all', async () => {
    const table = tableOf(days(['2024-03-31', '2025-04-06']), shops, numbers('number', [1, 2]));
    await expect(predictor.predict(table, 50_000)).rejects.toMatchObject({
      code: 'forecast.beyond-horizon',
      path: 'rows[50001].day',
    });
  });
});

describe('a batch of a model that was made elsewhere', () => {
  let home: string;
  let ports: JobPorts;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-batch-'));
    const processes = modelProcesses(await builtModelProcess(home));
    const limits = { maxBytes: 2 ** 26, memoryBytes: 2 ** 30, loadTimeoutMs: 60_000, runTimeoutMs: 60_000 };
    ports = { models: { processes, limits } } as unknown as JobPorts;
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  async function opened(bytes: Uint8Array, asked: Parameters<typeof importedBundle>[3] = {}) {
    const { folder, files } = await importedBundle(home, ports.models.processes, bytes, asked);
    const bundles = { open: async () => ({ folder, files }) } as unknown as JobPorts['bundles'];
    const model = { name: 'made', version: 1, bundleId: 'b' };
    return openPredictor({ model, explain: false }, { ...ports, bundles });
  }

  it('takes and gives 64-bit whole numbers with all digits', async () => {
    const processes = ports.models.processes;
    const { bundleId, folder, files } = await importedBundle(home, processes, longModel());
    const bundles = { open: async () => ({ folder, files }) };
    const model = { name: 'long', version: 1, bundleId };
    const predictor = await openPredictor({ model, explain: false } as never, { ...ports, bundles } as never);
    const words = ['9007199254740993', '-9223372036854775808', ' 12.0', '1e3'];
    const text = (...dictionary: string[]): Column => ({
      ...{ name: 'n', type: 'string', dictionary },
      codes: Int32Array.from(dictionary.keys()),
    });
    expect(predictor.inputs).toEqual([{ name: 'n', type: 'string', nullable: false }]);
    expect(cellsOf(await predictor.predict(tableOf(text(...words)), 0))).toEqual({
      prediction: ['9007199254740993', '-9223372036854775808', '12', '1000'],
    });
    for (const word of ['1.5', 'x', '', '1e30'])
      await expect(predictor.predict(tableOf(text('1', word)), 40)).rejects.toMatchObject({
        code: 'predict.wrong-type',
        path: 'rows[41].n',
      });
    predictor.close();
  });

  it('takes a column for each value of a tensor, and gives the class with its share of each', async () => {
    const classes = ['low', 'mid', 'high'];
    const predictor = await opened(denseModel(), { task: 'multiclass', classes });
    try {
      expect(predictor.inputs.map(({ name }) => name)).toEqual(Array.from({ length: 8 }, (_, k) => `x_${k}`));
      const rows = 1500;
      const columns = predictor.inputs.map(({ name }, k) =>
        numbers(
          name,
          Array.from({ length: rows }, (_, row) => Math.sin(row * (k + 1))),
        ),
      );
      const answers = cellsOf(await predictor.predict(tableOf(...columns), 0));
      expect(Object.keys(answers)).toEqual(['prediction', ...classes.map((name) => `probability_${name}`)]);
      for (const row of [0, 999, 1000, 1499]) {
        const shares = classes.map((name) => Number(answers[`probability_${name}`]![row]));
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        expect(answers.prediction![row]).toBe(classes[shares.indexOf(Math.max(...shares))]);
      }
      const one = columns.map((column) =>
        numbers(column.name, [(column as { values: Float64Array }).values[1234]!]),
      );
      const alone = cellsOf(await predictor.predict(tableOf(...one), 0));
      expect(alone.probability_mid![0]).toBeCloseTo(Number(answers.probability_mid![1234]), 6);
    } finally {
      predictor.close();
    }
  });

  it('takes texts, and gives its first answer as the prediction and the others by their names', async () => {
    const predictor = await opened(textModel());
    try {
      const text: Column = {
        name: 'text',
        type: 'string',
        codes: Int32Array.of(1, 0, -1),
        dictionary: ['good', 'bad'],
      };
      expect(cellsOf(await predictor.predict(tableOf(text), 0))).toEqual({
        prediction: ['1', '0', '-1'],
        echo: ['bad', 'good', ''],
      });
    } finally {
      predictor.close();
    }
  });

  it('runs rows that depend on each other as one request, and refuses more than one takes', async () => {
    const predictor = await opened(mixingModel());
    try {
      expect(cellsOf(await predictor.predict(tableOf(numbers('x', [1, 5, 9])), 0)).prediction).toEqual([
        -4, 0, 4,
      ]);
      expect(predictor.whole).toContain('ReduceMean');
      const many = tableOf(numbers('x', new Array(10_001).fill(1)));
      await expect(predictor.predict(many, 0)).rejects.toMatchObject({
        code: 'predict.rows-dependent',
        message: expect.stringContaining('10001 rows'),
      });
      await expect(predictor.predict(tableOf(numbers('x', [1])), 3)).rejects.toMatchObject({
        code: 'predict.rows-dependent',
      });
    } finally {
      predictor.close();
    }
  });

  it('is refused when its tensors are no columns', async () => {
    await expect(opened(imageModel())).rejects.toMatchObject({ code: 'predict.takes-tensors' });
  });
});
