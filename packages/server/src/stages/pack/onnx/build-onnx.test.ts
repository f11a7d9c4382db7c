import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { referenceMatrix } from '../../../testing/packing.builder.ts';
import { withRandomMade } from '../../../testing/random-made.ts';
import { randomModel } from '../../../testing/random-model.ts';
import {
  levelsOf,
  type RandomColumnKind,
  randomPreparation,
  randomTable,
} from '../../../testing/random-table.ts';
import { referenceFeatures } from '../../../testing/reference-features.ts';
import { referenceScores } from '../../../testing/reference-scores.ts';
import type { Column } from '../../ingest/index.ts';
import { applyLink, type Link, predictAdditive } from '../../train/index.ts';
import type { TensorColumn } from '../ports.ts';
import { buildOnnx } from './build-onnx.ts';
import { graphNames } from './graph-names.ts';

const runtime = createOnnxRuntime();

type Case = {
  seed: number;
  kinds: RandomColumnKind[];
  trees: number;
  depth: number;
  linearTerms: boolean;
  /** Features made of others. */
  made: number;
  task: { task: 'binary' | 'multiclass' | 'regression'; link: Link; outputs: number; classes: string[] };
};

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.nat(),
  kinds: fc.array(fc.constantFrom<RandomColumnKind>('number', 'boolean', 'timestamp', 'string'), {
    minLength: 1,
    maxLength: 6,
  }),
  trees: fc.nat({ max: 8 }),
  depth: fc.nat({ max: 6 }),
  linearTerms: fc.boolean(),
  made: fc.constantFrom(0, 8),
  task: fc.constantFrom(
    { task: 'binary' as const, link: 'logistic' as const, outputs: 1, classes: ['no', 'a'] },
    { task: 'multiclass' as const, link: 'softmax' as const, outputs: 3, classes: ['a', 'ü ☃', ''] },
    { task: 'regression' as const, link: 'identity' as const, outputs: 1, classes: [] },
    { task: 'regression' as const, link: 'exp' as const, outputs: 1, classes: [] },
  ),
});

function tensorOf(column: Column): TensorColumn {
  if (column.type !== 'string') return column.values;
  return Array.from(column.codes, (code) => (code < 0 ? '' : column.dictionary[code]!));
}

const SMALL = { seed: 1, trees: 3, depth: 3, link: 'logistic' as const, outputs: 1, linearTerms: false };

/** Layers are computed in float32; everything else is, but for the sums of trees, in double. */
const PART_TOLERANCE = { forest: 1e-6, neighbours: 1e-6, network: 3e-6 };

describe('the ONNX graph', () => {
  it.each(['forest', 'network', 'neighbours'] as const)(
    'answers as the reference does with a %s',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(cases, async (one) => {
          const preparation = randomPreparation(one.kinds, one.task.task, one.task.classes);
          const levels = levelsOf(preparation);
          const model = randomModel({ ...one, ...one.task, levels, linearTerms: false, parts: [kind] });
          const names = graphNames(preparation);
          const session = await runtime.load(buildOnnx(preparation, model, { threshold: 0.4 }));
          const table = randomTable(preparation, 40, one.seed ^ 5);
          const feeds = new Map(table.columns.map((column, i) => [names.inputs[i]!, tensorOf(column)]));
          const outputs = await session.run(feeds);
          await session.close();
          const expected = predictAdditive(model, referenceMatrix(preparation, table));
          const columns = one.task.task === 'regression' ? [names.value] : names.probabilities;
          for (let row = 0; row < table.rows; row++) {
            const values = [
              ...expected.values.subarray(row * expected.outputs, (row + 1) * expected.outputs),
            ];
            const wanted = one.task.task === 'binary' ? [1 - values[0]!, values[0]!] : values;
            for (const [k, value] of wanted.entries()) {
              const got = outputs.get(columns[k]!)![row] as number;
              expect(Math.abs(got - value)).toBeLessThanOrEqual(PART_TOLERANCE[kind] * (1 + Math.abs(value)));
            }
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  it('answers as the definitions of features, trees and links say, for raw columns of every kind', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const plain = randomPreparation(one.kinds, one.task.task, one.task.classes);
        const preparation = withRandomMade(plain, one.seed ^ 11, one.made);
        const model = randomModel({ ...one, ...one.task, levels: levelsOf(preparation) });
        // A slope of a thousandth keeps random linear terms within what the links can tell apart.
        for (const term of model.linear) if (term.kind === 'number') term.scale *= 1e6;
        const decision = { threshold: 0.4 };
        const names = graphNames(preparation);
        const session = await runtime.load(buildOnnx(preparation, model, decision));
        const table = randomTable(preparation, 40, one.seed ^ 3);
        const feeds = new Map(table.columns.map((column, i) => [names.inputs[i]!, tensorOf(column)]));
        const outputs = await session.run(feeds);
        await session.close();
        for (let row = 0; row < table.rows; row++) {
          const raw = referenceScores(model, referenceFeatures(preparation, table, row));
          const scores = applyLink(model, Float64Array.from(raw)).values;
          if (one.task.task === 'regression') {
            const said = outputs.get(names.value)![row] as number;
            const allowed = 1e-6 * (1 + Math.abs(scores[0]!));
            // Numbers at the end of the scale may have an infinite exponential: on both sides.
            if (Number.isFinite(scores[0])) expect(Math.abs(said - scores[0]!)).toBeLessThanOrEqual(allowed);
            else expect(said).toBe(scores[0]);
            continue;
          }
          const expected = one.task.task === 'binary' ? [1 - scores[0]!, scores[0]!] : [...scores];
          const got = names.probabilities.map((name) => outputs.get(name)![row] as number);
          for (const [k, value] of expected.entries())
            expect(Math.abs(got[k]! - value)).toBeLessThanOrEqual(1e-6);
          const answer =
            one.task.task === 'binary' ? +(scores[0]! >= 0.4) : expected.indexOf(Math.max(...expected));
          const isTie =
            one.task.task === 'binary' ? Math.abs(scores[0]! - 0.4) < 1e-6 : new Set(expected).size < 3;
          if (!isTie) expect(outputs.get(names.value)![row]).toBe(preparation.classes[answer]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is loaded by name, with a name of its own for every tensor however columns and classes are called', async () => {
    const preparation = randomPreparation(['number', 'boolean', 'string'], 'binary', ['no', 'a']);
    const names = graphNames(preparation);
    expect(names).toEqual({
      inputs: ['value', 'probability_a', 'größe ☃'],
      value: 'value_',
      probabilities: ['probability_no', 'probability_a_'],
    });
    const model = randomModel({ ...SMALL, levels: levelsOf(preparation) });
    const session = await runtime.load(buildOnnx(preparation, model, { threshold: 0.5 }));
    expect(session.inputs).toEqual([
      { name: 'value', type: 'float64', dims: [-1] },
      { name: 'probability_a', type: 'float64', dims: [-1] },
      { name: 'größe ☃', type: 'string', dims: [-1] },
    ]);
    expect(session.outputs.map(({ name, type }) => [name, type])).toEqual([
      ['value_', 'string'],
      ['probability_no', 'float32'],
      ['probability_a_', 'float32'],
    ]);
    await session.close();
  });

  it('computes every date part as the calendar does, over leap years, centuries and the time before 1970', async () => {
    const preparation = randomPreparation(['timestamp', 'number'], 'regression', []);
    const parts = preparation.features.length - 1;
    const days = Array.from(
      { length: 3000 },
      (_, index) => (index - 1200) * 100 * 86_400_000 + index * 3_599_999,
    );
    const edges = [
      '1900-02-28',
      '1900-03-01',
      '2000-02-29',
      '2000-12-31',
      '2023-12-31',
      '2024-01-01',
      '2100-03-01',
    ];
    const values = Float64Array.from([...days, ...edges.map((day) => Date.parse(day)), Number.NaN]);
    const rows = values.length;
    const table = {
      rows,
      columns: [
        { name: preparation.inputs[0]!.name, type: 'timestamp' as const, values },
        { name: preparation.inputs[1]!.name, type: 'number' as const, values: new Float64Array(rows) },
      ],
    };
    for (let part = 0; part < parts; part++) {
      const term = {
        kind: 'number' as const,
        feature: part,
        center: 0,
        scale: 1,
        weights: [1],
        missingWeights: [-7],
      };
      const model = {
        link: 'identity' as const,
        outputs: 1,
        base: [0],
        trees: [],
        linear: [term],
        parts: [],
      };
      const session = await runtime.load(buildOnnx(preparation, model, { threshold: 0.5 }));
      const feeds = new Map(
        table.columns.map((column, index) => [graphNames(preparation).inputs[index]!, column.values]),
      );
      const got = (await session.run(feeds)).get('value_')!;
      await session.close();
      for (let row = 0; row < rows; row++) {
        const expected = referenceFeatures(preparation, table, row)[part]!;
        expect(got[row]).toBe(Number.isNaN(expected) ? -7 : expected);
      }
    }
  });
});
