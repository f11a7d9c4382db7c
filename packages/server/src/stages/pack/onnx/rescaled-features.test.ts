import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { randomPreparation, randomTable, withRandomRescaling } from '../../../testing/random-table.ts';
import type { Table } from '../../ingest/index.ts';
import { compileEncoder, encodeFeatures, type FeatureSpec, type Preparation } from '../../prepare/index.ts';
import type { AdditiveModel } from '../../train/index.ts';
import { buildOnnx } from './build-onnx.ts';
import { graphNames } from './graph-names.ts';

/** One model of each number of the preparation: the feature itself, and `MISSING` where it is. */
const MISSING = 123_456;

async function answersOf(preparation: Preparation, table: Table, feature: number) {
  const model: AdditiveModel = {
    ...{ link: 'identity', outputs: 1, base: [0], trees: [], parts: [] },
    linear: [{ kind: 'number', feature, center: 0, scale: 1, weights: [1], missingWeights: [MISSING] }],
  };
  const session = await createOnnxRuntime().load(buildOnnx(preparation, model, { threshold: 0.5 }));
  const names = graphNames(preparation);
  const feeds = new Map(
    table.columns.map((column, i) => [names.inputs[i]!, (column as { values: Float64Array }).values]),
  );
  const answers = (await session.run(feeds)).get(names.value)!;
  await session.close();
  return answers;
}

async function expectEqual(preparation: Preparation, table: Table) {
  const matrix = encodeFeatures(preparation, table);
  const encode = compileEncoder(preparation);
  const values = table.columns.map((column) => (column as { values: Float64Array }).values);
  for (const [feature, column] of matrix.columns.entries()) {
    const answers = await answersOf(preparation, table, feature);
    for (let row = 0; row < table.rows; row++) {
      const wanted = column[row]!;
      expect(answers[row], `${JSON.stringify(preparation.features[feature])}, row ${row}`).toBe(
        Number.isNaN(wanted) ? MISSING : wanted + 0,
      );
      expect(encode(values.map((own) => own[row]!))[feature]).toEqual(wanted);
    }
  }
}

test('the graph and single rows rescale numbers as tables do, to the bit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const preparation = withRandomRescaling(
        randomPreparation(['number', 'number'], 'regression', []),
        seed,
      );
      const table = randomTable(preparation, 12, seed);
      await expectEqual(preparation, table);
    }),
    { numRuns: 12 },
  );
});

test.each<[string, Pick<FeatureSpec & { kind: 'number' }, 'center' | 'scale'>, number[]]>([
  ['far from zero', { center: 1.7e12 }, [1.7e12, 1.7e12 + 1, 0, Number.NaN, Infinity]],
  ['tiny, far from zero', { center: 1e-40 * 2 ** 150, scale: 2 ** 150 }, [1e-40, 1.1e-40, 0]],
  ['tiny', { scale: 2 ** 170 }, [1e-50, 2e-50, 1, 1e300]],
  ['huge', { scale: 2 ** -170 }, [1e50, 2e50, 1, 1e-300]],
])('the graph rescales numbers that are %s, to the bit', async (_, rescaling, values) => {
  const preparation = randomPreparation(['number'], 'regression', []);
  const [input] = preparation.inputs;
  const features: FeatureSpec[] = [{ kind: 'number', name: 'x', column: input!.name, ...rescaling }];
  const column = { name: input!.name, type: 'number' as const, values: Float64Array.from(values) };
  await expectEqual({ ...preparation, features }, { rows: values.length, columns: [column] });
});

test('numbers that mean a missing value are missing in the graph, however they are written', async () => {
  const preparation = randomPreparation(['number'], 'regression', []);
  const [input] = preparation.inputs;
  const features: FeatureSpec[] = [{ kind: 'number', name: 'x', column: input!.name }];
  const given = { ...preparation, features, missingWords: ['NA', '-999', '1e3'] };
  const values = Float64Array.from([5, -999, 1000, -998.5, Number.NaN]);
  const table: Table = { rows: 5, columns: [{ name: input!.name, type: 'number', values }] };
  expect([...(await answersOf(given, table, 0))]).toEqual([5, MISSING, MISSING, -998.5, MISSING]);
});
