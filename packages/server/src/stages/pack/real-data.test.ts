import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBundleFolderStore, openFileSigner } from '../../adapters/bundles/index.ts';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { lettersCsv } from '../../testing/letters.ts';
import { type RealModel, realModel } from '../../testing/packed-real-table.ts';
import { METRICS, predictAdditive } from '../train/index.ts';
import { answerOf } from './answer.ts';
import { graphNames } from './onnx/graph-names.ts';
import { type PackedBundle, packBundle } from './pack-bundle.ts';
import { tensorColumns } from './tensor-columns.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const DATA = join(ROOT, '../shared/data');
const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const hasMlflow =
  existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import mlflow, onnxruntime, pandas']).status === 0;

/** A table of ../shared/data, or one that is made here. */
type RealTable = { file: string; fileName: string; target: string; csv?: string };

const TABLES: RealTable[] = [
  { file: join(DATA, 'telco_churn.csv'), fileName: 'telco_churn.csv', target: 'Churn' },
  { file: join(DATA, 'abalone.csv'), fileName: 'abalone.csv', target: 'Rings' },
  { file: '', fileName: 'letters.csv', target: 'mood', csv: lettersCsv(800) },
];

/** Loads the bundle as MLflow does and predicts rows given as columns; strings are objects, "" when missing. */
const PREDICT_WITH_MLFLOW = `
import json, sys, mlflow, pandas
columns = json.load(open(sys.argv[2]))
frame = pandas.DataFrame({
  name: pandas.Series([float('nan') if v is None else v for v in values], dtype=object if kind == 'string' else 'float64')
  for name, kind, values in columns
})
answer = mlflow.pyfunc.load_model(sys.argv[1]).predict(frame)
print(json.dumps({name: list(map(lambda v: v if isinstance(v, str) else float(v), answer[name])) for name in answer}))
`;

for (const csv of TABLES) {
  const where = csv.csv === undefined ? 'real data in ../shared/data' : 'free texts in several scripts';
  describe.skipIf(csv.csv === undefined && !existsSync(csv.file))(
    `a model of ${csv.fileName}, ${where}`,
    () => {
      let home: string;
      let model: RealModel;
      let packed: PackedBundle;
      let folder: string;

      beforeAll(async () => {
        home = await mkdtemp(join(tmpdir(), 'slipway-real-'));
        const file = csv.csv === undefined ? csv.file : join(home, csv.fileName);
        if (csv.csv !== undefined) await writeFile(file, csv.csv);
        model = await realModel({ ...csv, file }, home, 6);
        const signer = await openFileSigner(join(home, 'keys'));
        const store = createBundleFolderStore(join(home, 'bundles'), signer);
        packed = await packBundle(model.request, { runtime: createOnnxRuntime(), store, signer });
        folder = (await store.open(packed.id)).folder;
      }, 120_000);
      afterAll(() => rm(home, { recursive: true }));

      it('answers alike as training code, flat engine and ONNX graph on every row of the hold-out', () => {
        expect(packed.parity.rows).toBe(model.holdout.target.length);
        expect(packed.parity.largestDifference.onnx).toBeLessThan(1e-5);
      });

      it('is no heavier than as trained, and as good on rows that neither training nor pruning saw', () => {
        const { optimization, request, trained } = model;
        const before = optimization.table.find(({ variant }) => variant === 'as trained')!;
        const after = optimization.table.find(({ variant }) => variant === optimization.chosen)!;
        expect(after.bytes).toBeLessThanOrEqual(before.bytes);
        const metric = METRICS.find(({ id }) => id === after.quality.metric)!;
        const on = (one: typeof trained) =>
          metric.compute(
            model.holdout.target,
            predictAdditive(one, request.holdout.features),
            request.decision,
          );
        expect(on(request.model)).toBeLessThan(on(trained) * 1.01);
      });

      it.skipIf(!hasMlflow)('is loaded and run by mlflow.pyfunc in Python, with missing values', async () => {
        const { request } = model;
        const names = graphNames(request.preparation);
        const tensors = [...tensorColumns(request.preparation, names, request.holdout.table)];
        const columns = tensors.map(([name, values], index) => [
          name,
          request.preparation.inputs[index]!.type,
          Array.from<number | string, number | string | null>(values, (value) =>
            Number.isNaN(value) ? null : value,
          ),
        ]);
        const path = join(home, 'columns.json');
        await writeFile(path, JSON.stringify(columns));
        const run = spawnSync(PYTHON, ['-c', PREDICT_WITH_MLFLOW, folder, path], {
          encoding: 'utf8',
          maxBuffer: 2 ** 28,
        });
        expect(run.stderr).not.toMatch(/Traceback/);
        const answers = JSON.parse(run.stdout) as Record<string, (string | number)[]>;
        const reference = predictAdditive(request.model, request.holdout.features);
        for (let row = 0; row < reference.rows; row++) {
          const { value, probabilities } = answerOf(request.preparation, request.decision, reference, row);
          const got = answers[names.value]![row]!;
          if (typeof value === 'number')
            expect(Math.abs(Number(got) - value)).toBeLessThan(1e-5 * (1 + Math.abs(value)));
          else expect(got).toBe(value);
          for (const [index, name] of request.preparation.classes.entries()) {
            const probability = answers[names.probabilities[index]!]![row] as number;
            expect(Math.abs(probability - probabilities![name]!)).toBeLessThan(1e-5);
          }
        }
      });
    },
  );
}
