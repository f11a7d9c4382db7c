import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { realRows } from '../../testing/packed-real-table.ts';
import { type Column, type Table, takeRows } from '../ingest/index.ts';
import { encodeFeatures } from '../prepare/index.ts';
import {
  averageModels,
  binFeatures,
  ensembleModels,
  LEARNERS,
  type LearnerData,
  type LearnerId,
  roundModel,
} from '../train/index.ts';
import { checkParity } from './check-parity.ts';

const DATA = fileURLToPath(new URL('../../../../../../shared/data', import.meta.url));
const ROWS = 500;

const TABLES = [
  { fileName: 'titanic.csv', target: 'Survived' },
  { fileName: 'diabetes_readmission.csv', target: 'readmitted' },
  { fileName: 'ames_housing.csv', target: 'Sale_Price' },
].map((table) => ({ ...table, file: join(DATA, table.fileName) }));

/** Smaller than by default: parity does not ask for quality. */
const PARAMS: Partial<Record<LearnerId, Record<string, number>>> = {
  'random-forest': { trees: 12 },
  'extra-trees': { trees: 12 },
  network: { epochs: 6 },
  'boosted-trees': { rounds: 20 },
};

/** Every fifth value is missing and every seventh word is one that nobody has ever seen. */
function disturbed(table: Table): Table {
  const columns = table.columns.map((column): Column => {
    if (column.type !== 'string') {
      return { ...column, values: column.values.map((value, row) => (row % 5 === 2 ? Number.NaN : value)) };
    }
    const dictionary = [...column.dictionary, 'never seen ☃'];
    const codes = column.codes.map((code, row) =>
      row % 5 === 3 ? -1 : row % 7 === 1 ? dictionary.length - 1 : code,
    );
    return { ...column, codes, dictionary };
  });
  return { ...table, columns };
}

for (const csv of TABLES) {
  describe.skipIf(!existsSync(csv.file))(
    `parts fitted to ${csv.fileName}, real data in ../shared/data`,
    () => {
      let home: string;
      let rows: Awaited<ReturnType<typeof realRows>>;
      let data: LearnerData;

      beforeAll(async () => {
        home = await mkdtemp(join(tmpdir(), 'slipway-parts-'));
        rows = await realRows(csv, home);
        const { task, preparation, split } = rows;
        const some = rows.rowsOf(split.train.subarray(0, ROWS));
        data = { ...some, task, classes: preparation.classes.length, binned: binFeatures(some.features) };
      }, 120_000);
      afterAll(() => rm(home, { recursive: true }));

      function fitted(learner: LearnerId) {
        const all = Int32Array.from({ length: data.features.rows }, (_, row) => row);
        const context = {
          rows: all.filter((row) => row % 4 > 0),
          validation: all.filter((row) => row % 4 === 0),
          seed: 1,
          shouldStop: () => false,
        };
        return LEARNERS[learner].fit(data, { ...LEARNERS[learner].defaults, ...PARAMS[learner] }, context)
          .model;
      }

      async function parityOf(model: ReturnType<typeof fitted>) {
        const { preparation, split, table } = rows;
        const raw = disturbed(takeRows(table, split.holdout.subarray(0, ROWS)));
        const features = encodeFeatures(preparation, raw);
        const request = {
          preparation,
          model: roundModel(model),
          decision: { threshold: 0.5 },
          table: raw,
          features,
        };
        return (await checkParity(request, createOnnxRuntime())).largestDifference;
      }

      it.each(['random-forest', 'extra-trees', 'neighbours'] as const)(
        'answer alike in reference, flat engine and graph: %s',
        async (learner) => {
          const difference = await parityOf(fitted(learner));
          expect(difference.flat).toBeLessThan(1e-12);
          expect(difference.onnx).toBeLessThan(1e-6);
        },
        60_000,
      );

      it('answer alike in reference, flat engine and graph: network, in single precision', async () => {
        const difference = await parityOf(fitted('network'));
        expect(difference.flat).toBeLessThan(3e-6);
        expect(difference.onnx).toBeLessThan(3e-6);
      }, 60_000);

      it('answer alike blended with everything else and bagged', async () => {
        const bag = averageModels([fitted('extra-trees'), fitted('extra-trees')]);
        const members = [bag, ...(['boosted-trees', 'linear', 'neighbours', 'network'] as const).map(fitted)];
        const difference = await parityOf(
          ensembleModels(
            members,
            members.map(() => 1 / members.length),
          ),
        );
        expect(difference.flat).toBeLessThan(3e-6);
        expect(difference.onnx).toBeLessThan(3e-6);
      }, 60_000);
    },
  );
}
