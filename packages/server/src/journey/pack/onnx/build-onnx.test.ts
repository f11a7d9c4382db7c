import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
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
import { applyLink } from '../../optimize/index.ts';
import type { Link } from '../../train/index.ts';
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

describe('the ONNX graph', () => {
  it('answers as the definitions of features, trees and links say, for raw columns of every kind', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const preparation = randomPreparation(one.kinds, one.task.task, one.task.classes);
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
          const scores = Float64Array.from(
            referenceScores(model, referenceFeatures(preparation, table, row)),
          );
          applyLink(model.link, model.outputs, scores);
          if (one.task.task === 'regression') {
            expect(Math.abs((outputs.get(names.value)![row] as number) - scores[0]!)).toBeLessThanOrEqual(
              1e-6 * (1 + Math.abs(scores[0]!)),
            );
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
});
