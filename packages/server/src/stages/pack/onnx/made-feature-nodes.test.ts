import { expect, test } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { tableOf } from '../../../testing/tables.ts';
import { compileEncoder, encodeFeatures, type MadeFeature, type Preparation } from '../../prepare/index.ts';
import type { AdditiveModel } from '../../train/index.ts';
import { buildOnnx } from './build-onnx.ts';

/** Halves, the ends of both precisions, and what lies beyond them. */
const EXTREMES = [
  0,
  -0,
  1,
  -1,
  0.1,
  3.4e38,
  -3.5e38,
  1e-45,
  1e-310,
  1e300,
  -1e300,
  1.7e308,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  16_777_217,
  null,
];

const quantity = (column: string) => ({ kind: 'number' as const, name: column, column });
const pairs = EXTREMES.flatMap((a) => EXTREMES.map((b) => ({ a, b })));
const words = ['x', 'y', 'not listed', null];
const table = tableOf({
  a: pairs.map(({ a }) => a),
  b: pairs.map(({ b }) => b),
  word: pairs.map((_, i) => words[i % words.length]!),
  when: pairs.map((_, i) => (i % 5 === 0 ? null : new Date(i * 1_000_000_007 - 4e12))),
});

const MADE: MadeFeature[] = [
  ...(['sum', 'difference', 'product', 'ratio'] as const).map(
    (operation): MadeFeature => ({
      kind: 'arithmetic',
      name: operation,
      operation,
      of: [quantity('a'), quantity('b')],
    }),
  ),
  {
    kind: 'arithmetic',
    name: 'a date and a number',
    operation: 'difference',
    of: [{ kind: 'date-part', name: 'when', column: 'when', part: 'elapsedDays' }, quantity('a')],
  },
  {
    kind: 'lookup',
    name: 'of a number and a word',
    by: 'target-mean',
    class: null,
    of: [
      { kind: 'numbers', column: 'a', levels: [-1, 0, Math.fround(0.1), 16_777_216] },
      { kind: 'words', column: 'word', levels: ['x', 'y'] },
    ],
    keys: [0, 1, 5, 6, 8, 13, 14, 16, 20, 23],
    values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    otherwise: -1,
  },
  {
    kind: 'cross',
    name: 'of two parts of a date',
    of: [
      { kind: 'date-part', column: 'when', part: 'month' },
      { kind: 'date-part', column: 'when', part: 'weekday' },
    ],
    keys: Array.from({ length: 80 }, (_, i) => i + 10),
  },
];

const preparation: Preparation = {
  task: 'regression',
  target: 'value',
  classes: [],
  inputs: table.columns.map(({ name, type }) => ({ name, type, nullable: true })),
  features: MADE,
  dropped: [],
  leakage: [],
};

test.each(MADE.map((spec, feature) => [spec.name, feature] as const))(
  'the graph and single rows make the feature %s as tables do, to the bit, at the ends of numbers',
  async (_, feature) => {
    const weights = Array.from({ length: 82 }, (_, code) => [code]);
    const term = { feature, weights: [1], missingWeights: [-7] };
    const model: AdditiveModel = {
      ...{ link: 'identity', outputs: 1, base: [0], trees: [], parts: [] },
      linear: [
        MADE[feature]!.kind === 'cross'
          ? { ...term, kind: 'category', weights }
          : { ...term, kind: 'number', center: 0, scale: 1 },
      ],
    };
    const session = await createOnnxRuntime().load(buildOnnx(preparation, model, { threshold: 0.5 }));
    const feeds = new Map(
      table.columns.map((column) => [
        column.name,
        column.type === 'string'
          ? Array.from(column.codes, (code) => (code < 0 ? '' : column.dictionary[code]!))
          : column.values,
      ]),
    );
    const answers = (await session.run(feeds)).get('value')!;
    await session.close();
    const made = encodeFeatures(preparation, table).columns[feature]!;
    const encode = compileEncoder(preparation);
    for (let row = 0; row < table.rows; row++) {
      const wanted = made[row]!;
      expect(answers[row], `row ${row}`).toBe(Number.isNaN(wanted) ? -7 : wanted + 0);
      const values = table.columns.map((column) => {
        if (column.type === 'string')
          return column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!]!;
        return Number.isNaN(column.values[row]!) ? null : column.values[row]!;
      });
      expect(encode(values)[feature]).toEqual(wanted);
    }
  },
);
