import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { randomModel } from '../../testing/random-model.ts';
import { levelsOf } from '../../testing/random-table.ts';
import { columnOf, schemaOf, tableOf } from '../../testing/tables.ts';
import { type Table, takeRows } from '../ingest/index.ts';
import {
  encodeFeatures,
  encodeTarget,
  fitPreparation,
  type MadeFeature,
  type Preparation,
  withWordsMissing,
} from '../prepare/index.ts';
import { loadEngine, type RawRow } from '../serve/index.ts';
import { binFeatures, LEARNERS, type LearnerId, predictAdditive, roundModel } from '../train/index.ts';
import { checkParity } from './check-parity.ts';
import { buildOnnx } from './onnx/build-onnx.ts';
import { graphNames } from './onnx/graph-names.ts';

const ROWS = 240;
const range = <T>(make: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => make(i));
const noise = (i: number, seed: number) => Math.abs(Math.sin(i * 12.9898 + seed * 78.233) * 43_758.5453) % 1;
const WORDS = ['NA', 'n/a', '-', 'k. A.'];
const COUNTRIES = ['DE', 'FR', 'PL'];
const NOTES = ['late and broken', 'late again', 'all is well', 'well and good'];

/** No value of any column is missing. */
const whole = tableOf({
  id: range((i) => i),
  amount: range((i) => Math.round(noise(i, 1) * 100)),
  country: range((i) => COUNTRIES[Math.floor(noise(i, 2) * 3)]!),
  express: range((i) => noise(i, 3) < 0.3),
  day: range((i) => new Date(Date.UTC(2023, 0, 1 + Math.floor(noise(i, 4) * 300)))),
  note: range((i) => `${NOTES[i % 4]!} ${NOTES[Math.floor(noise(i, 5) * 4)]!}`),
  price: range((i) => noise(i, 1) * 50 + (noise(i, 2) < 0.4 ? 10 : 0) + noise(i, 6)),
});
const trainRows = Int32Array.from({ length: ROWS }, (_, i) => i);

const MADE: MadeFeature[] = [
  {
    kind: 'lookup',
    name: 'price by country',
    by: 'target-mean',
    class: null,
    of: [{ kind: 'words', column: 'country', levels: COUNTRIES }],
    keys: [0, 1, 2],
    values: [30, 20, 25],
    otherwise: 26,
  },
  {
    kind: 'arithmetic',
    name: 'amount twice',
    operation: 'sum',
    of: [
      { kind: 'number', name: 'amount', column: 'amount' },
      { kind: 'number', name: 'amount', column: 'amount' },
    ],
  },
];

function prepared(): Preparation {
  const schema = schemaOf(whole, { id: 'identifier', note: 'text' });
  const columns = schema.columns.map((column) => ({ ...column, nullable: false }));
  const fitted = fitPreparation(
    whole,
    { columns, missingWords: WORDS },
    { target: 'price', task: 'regression', trainRows },
  );
  return { ...fitted, features: [...fitted.features, ...MADE] };
}

function fit(learner: LearnerId, preparation: Preparation) {
  const features = encodeFeatures(preparation, whole);
  const target = encodeTarget(preparation, whole);
  const data = { features, target, task: 'regression' as const, classes: 0, binned: binFeatures(features) };
  const few: Partial<Record<LearnerId, Record<string, number>>> = {
    'random-forest': { trees: 8 },
    'extra-trees': { trees: 8 },
    network: { epochs: 5 },
    'boosted-trees': { rounds: 15 },
  };
  const context = {
    rows: trainRows.filter((row) => row % 4 > 0),
    validation: trainRows.filter((row) => row % 4 === 0),
    seed: 1,
    shouldStop: () => false,
  };
  const params = { ...LEARNERS[learner].defaults, ...few[learner] };
  return roundModel(LEARNERS[learner].fit(data, params, context).model);
}

/** Rows of which one column each, and at last every one, is missing, a word for it, or never seen in training. */
const ORDER: RawRow = {
  id: 7,
  amount: 30,
  country: 'FR',
  express: true,
  day: '2023-05-06',
  note: 'late again',
  price: 12,
};
const TAKEN = ['amount', 'country', 'express', 'day', 'note'];
const ODD_ROWS: RawRow[] = [
  ORDER,
  ...TAKEN.flatMap((name) => [null, '', ...WORDS].map((value): RawRow => ({ ...ORDER, [name]: value }))),
  { ...ORDER, note: ' NA\u00a0', country: 'FR' },
  { ...ORDER, country: 'PT', note: 'nothing like it', amount: 1e12, day: '2099-01-01' },
  { ...ORDER, country: 'PT', amount: -1e12, day: '1901-01-01', id: 'any', price: null },
  Object.fromEntries(Object.keys(ORDER).map((name) => [name, null])),
  Object.fromEntries(Object.keys(ORDER).map((name) => [name, 'n/a'])),
];

/** The rows as a table that keeps words as text, as files of JSON once were read. */
function asTable(rows: readonly RawRow[]): Table {
  const value = (row: RawRow, name: string) => {
    const cell = (row[name] ?? null) as string | number | boolean | null;
    if (name === 'country' || name === 'note') return cell;
    if (typeof cell !== 'string') return cell;
    return name === 'day' && /^\d/.test(cell) ? new Date(cell) : null;
  };
  const kinds = takeRows(whole, Int32Array.of(0)).columns;
  return {
    rows: rows.length,
    columns: kinds
      .filter(({ name }) => TAKEN.includes(name))
      .map(({ name, type }) => {
        const made = columnOf(
          name,
          rows.map((row) => value(row, name)),
        );
        return made.type === type
          ? made
          : { name, type: type as 'number', values: new Float64Array(rows.length) };
      }),
  };
}

/** What the graph answers to rows whose texts reach it as they were sent. */
async function byGraph(preparation: Preparation, model: ReturnType<typeof fit>, table: Table) {
  const names = graphNames(preparation);
  const session = await createOnnxRuntime().load(buildOnnx(preparation, model, { threshold: 0.5 }, names));
  const feeds = preparation.inputs.map(({ name }, i) => {
    const column = table.columns.find((one) => one.name === name)!;
    const tensor =
      column.type === 'string'
        ? Array.from(column.codes, (code) => (code < 0 ? '' : column.dictionary[code]!))
        : column.values;
    return [names.inputs[i]!, tensor] as const;
  });
  const outputs = await session.run(new Map(feeds));
  await session.close();
  return [...(outputs.get(names.value) as Float64Array)];
}

/** Unlike a trained one, it tells a missing value, an unseen category and each level apart. */
function randomOf(preparation: Preparation) {
  const shape = { seed: 11, trees: 20, depth: 6, link: 'identity' as const, outputs: 1, linearTerms: true };
  return randomModel({ ...shape, levels: levelsOf(preparation) });
}

const MODELS = [...(Object.keys(LEARNERS) as LearnerId[]), 'random terms' as const];

describe.each(MODELS)('values that training never saw, for %s', (learner) => {
  it('are predicted alike by training code, engine and graph, and finite', async () => {
    const preparation = prepared();
    expect(preparation.inputs.map(({ name }) => name).sort()).toEqual([...TAKEN].sort());
    const model = learner === 'random terms' ? randomOf(preparation) : fit(learner, preparation);
    const engine = loadEngine({ format: 3, preparation, model, decision: { threshold: 0.5 } });
    const predicted = engine.predict(ODD_ROWS).map(({ value }) => Number(value));
    expect(predicted.every(Number.isFinite)).toBe(true);
    const raw = asTable(ODD_ROWS);
    const table = withWordsMissing(raw, WORDS, 'price');
    const features = encodeFeatures(preparation, table);
    const trained = [...predictAdditive(model, features).values];
    const graph = await byGraph(preparation, model, raw);
    for (const [i, value] of predicted.entries()) {
      // Networks are computed in single precision.
      const tolerance = 1e-5 * Math.max(1, Math.abs(value));
      expect(Math.abs(value - trained[i]!), `row ${i} by training code`).toBeLessThan(tolerance);
      expect(Math.abs(value - graph[i]!), `row ${i} by the graph`).toBeLessThan(tolerance);
    }
    const request = { preparation, model, decision: { threshold: 0.5 }, table, features };
    await expect(checkParity(request, createOnnxRuntime())).resolves.toMatchObject({ rows: ODD_ROWS.length });
  });
});

it('a word that a model tells apart is no missing value, in bundles from before words were kept', () => {
  const levels = ['NA', 'EU'];
  const preparation: Preparation = {
    task: 'regression',
    target: 'y',
    classes: [],
    inputs: [{ name: 'region', type: 'string', nullable: true }],
    features: [{ kind: 'category', name: 'region', column: 'region', levels }],
    dropped: [],
    leakage: [],
  };
  const model = {
    link: 'identity' as const,
    outputs: 1,
    base: [0],
    trees: [],
    linear: [{ kind: 'category' as const, feature: 0, weights: [[1], [2], [3]], missingWeights: [4] }],
    parts: [],
  };
  const engine = loadEngine({ format: 1, preparation, model, decision: { threshold: 0.5 } });
  const values = engine
    .predict(['NA', 'EU', 'AS', 'n/a'].map((region) => ({ region })))
    .map(({ value }) => value);
  expect(values).toEqual([1, 2, 3, 4]);
});
