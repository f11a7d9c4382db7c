import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../../../../../adapters/onnx/index.ts';
import { builtModelProcess } from '../../../../../testing/built-inference.ts';
import { importedBundle } from '../../../../../testing/imported-bundle.ts';
import { denseModel, imageModel, mixingModel, textModel } from '../../../../../testing/sample-onnx.ts';
import type { ModelProcess, ModelProcesses } from '../../../ports.ts';
import { compareTensors } from '../../compare-tensors.ts';
import { rowAnalysisOf, type Tensor, type TensorSpec } from '../../model.ts';
import { joinRows, sliceRows } from '../../rows.ts';
import { encodeValues } from '../../tensor-values.ts';
import { adaptModel } from '../adapt-model.ts';
import { readOutline } from '../read-outline.ts';
import { analyseRows } from './analyse-rows.ts';

/** What PyTorch, scikit-learn, LightGBM and XGBoost write, and graphs whose rows depend on each other (its README.md). */
const MODELS = join(import.meta.dirname, '../../../../../testing/exported-models');

type Named = [name: string, bytes: Uint8Array];

async function modelsIn(folder: string): Promise<Named[]> {
  const names = (await readdir(join(MODELS, folder))).filter((name) => name.endsWith('.onnx')).sort();
  return Promise.all(
    names.map(async (name): Promise<Named> => {
      const bytes = await readFile(join(MODELS, folder, name));
      return [name.slice(0, -'.onnx'.length), adaptModel(bytes, name).model];
    }),
  );
}

const [independent, dependent] = await Promise.all([modelsIn('independent'), modelsIn('dependent')]);

describe('the rows of a model', () => {
  it.each([
    ...independent,
    ['dense', denseModel()],
    ['image', imageModel()],
    ['text', textModel()],
  ] as Named[])('are proven independent of %s', (_, bytes) => {
    expect(analyseRows(bytes)).toEqual({ independent: true });
  });

  it('are looked at in enough models of both kinds', () => {
    expect(independent.length).toBeGreaterThan(30);
    expect(dependent.length).toBeGreaterThan(60);
  });

  it.each([...dependent, ['mixing', mixingModel()]] as Named[])(
    'are not proven independent of %s',
    (_, bytes) => {
      expect(analyseRows(bytes)).toEqual({
        independent: false,
        reason: expect.any(String),
        ...(analyseRows(bytes) as object),
      });
    },
  );

  it('are said to depend on each other by the first operator, with its node and what it does', () => {
    const named = new Map(dependent);
    const reasonOf = (name: string) => analyseRows(named.get(name)!);
    expect(reasonOf('torch-sim-script')).toEqual({
      independent: false,
      operator: 'MatMul',
      node: '/MatMul',
      reason: 'MatMul (node "/MatMul") multiplies rows with each other',
    });
    expect(reasonOf('dynquant')).toMatchObject({ operator: 'DynamicQuantizeLinear' });
    expect(reasonOf('bntrain')).toMatchObject({ reason: expect.stringContaining('training mode') });
    expect(reasonOf('foreign')).toMatchObject({ reason: expect.stringContaining('com.microsoft') });
    expect(reasonOf('fixedrows')).toEqual({
      independent: false,
      reason: 'the input "x" takes 1 rows, no more and no less',
    });
  });
});

describe('the analysis', () => {
  it('of any graph ends in a verdict', () => {
    const bytesOfAll = [...independent, ...dependent]
      .map(([, bytes]) => bytes)
      .filter(({ length }) => length < 6000);
    fc.assert(
      fc.property(
        fc.constantFrom(...bytesOfAll),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (bytes, changes) => {
          const broken = Uint8Array.from(bytes);
          for (const [at, value] of changes) broken[at % broken.length] = value;
          try {
            readOutline(broken, 'm.onnx');
          } catch {
            return; // refused before it comes to the analysis
          }
          expect(typeof analyseRows(broken).independent).toBe('boolean');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a model that is proven independent', () => {
  let home: string;
  let processes: ModelProcesses;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-rows-'));
    processes = modelProcesses(await builtModelProcess(home));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it.each(independent)('answers rows together as it does alone: %s', async (name, bytes) => {
    const { folder, manifest } = await importedBundle(home, processes, bytes, { file: `${name}.onnx` });
    expect(rowAnalysisOf(manifest)).toEqual({ independent: true });
    const limits = { memoryBytes: 2 ** 31, loadTimeoutMs: 60_000 };
    const graph = {
      path: join(folder, 'model.onnx'),
      sha256: manifest.lineage.sha256,
      providers: ['cpu'] as const,
    };
    const process = await processes.start({ ...graph, providers: [...graph.providers], ...limits });
    try {
      const sizes = manifest.golden.inputs.map(({ shape }) => shape.slice(1));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
          fc.nat(),
          async (counts, seed) => {
            const rows = counts.reduce((a, b) => a + b);
            const together = manifest.inputs.map((spec, i) =>
              madeTensor(spec, [rows, ...sizes[i]!], seed + i),
            );
            const joint = await run(process, together);
            const apart: Tensor[][] = [];
            let from = 0;
            for (const count of counts) {
              apart.push(await run(process, sliceRows(together, from, from + count)));
              from += count;
            }
            expect(compareTensors(joint, joinRows(apart))).toBeUndefined();
          },
        ),
        { numRuns: 5 },
      );
    } finally {
      process.kill();
    }
  });
});

function run(process: ModelProcess, inputs: readonly Tensor[]): Promise<Tensor[]> {
  return process.run(
    inputs.map(({ bytes, ...tensor }) => ({ ...tensor, parts: [bytes] })),
    60_000,
  );
}

/** Values of all sizes, missing ones among them where the type has any; small whole numbers, which tables of words have. */
function madeTensor({ name, type }: TensorSpec, shape: number[], seed: number): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const wave = (i: number) => Math.sin((i + 1) * (seed % 97) + i) * 10 ** ((i + seed) % 4);
  const valueAt = (i: number) => {
    if (type === 'string') return ['x', 'y', 'z', 'unseen'][(i + seed) % 4];
    if (type.startsWith('float')) return wave(i);
    return (i + seed) % 2;
  };
  const values = Array.from({ length: count }, (_, i) => valueAt(i));
  return { name, type, shape, bytes: encodeValues(type, values, name) };
}
