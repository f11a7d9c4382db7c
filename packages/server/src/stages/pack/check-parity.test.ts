import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { packRequest } from '../../testing/packing.builder.ts';
import { checkParity, type ParityRequest } from './check-parity.ts';
import { buildOnnx } from './onnx/build-onnx.ts';

const runtime = createOnnxRuntime();

function subject(task: 'binary' | 'multiclass' | 'regression'): ParityRequest {
  const { preparation, model, decision, holdout } = packRequest(task);
  return { preparation, model, decision, ...holdout };
}

describe('parity', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    it(`holds between training code, flat engine and graph for ${task}`, async () => {
      const report = await checkParity(subject(task), runtime);
      expect(report.rows).toBe(300);
      expect(report.largestDifference.flat).toBeLessThan(1e-12);
      expect(report.largestDifference.onnx).toBeLessThan(1e-6);
    });

    it(`finds a graph of ${task} with one tree changed, and names the row`, async () => {
      const request = subject(task);
      const model = structuredClone(request.model);
      const tree = model.trees[0]!;
      tree.value = tree.value.map((value) => value + 0.01);
      const onnx = buildOnnx(request.preparation, model, request.decision);
      await expect(checkParity({ ...request, onnx }, runtime)).rejects.toMatchObject({
        code: 'parity.broken',
        details: { row: expect.any(Number), expected: expect.any(String), got: expect.any(String) },
      });
    });
  }

  it.each([
    ['binary', ['0', '1'], 'number', 'int64'],
    ['binary', ['false', 'true'], 'boolean', 'bool'],
    ['binary', ['-0.5', '2'], 'number', 'float64'],
    ['multiclass', ['-1', '2', '30'], 'number', 'int64'],
    ['multiclass', ['0', '1', '2'], 'string', 'string'],
  ] as const)(
    'holds for %s classes %j of a column of %s, which the graph gives as %s',
    async (task, classes, type, element) => {
      const request = subject(task);
      const { preparation } = request;
      const others = [{ name: preparation.target, type }];
      const typed = { ...request, preparation: { ...preparation, classes: [...classes], others } };
      const onnx = buildOnnx(typed.preparation, typed.model, typed.decision);
      expect((await checkParity({ ...typed, onnx }, runtime)).rows).toBe(300);
      const session = await runtime.load(onnx);
      expect(session.outputs[0]).toMatchObject({ type: element });
      await session.close();
    },
  );

  it('finds a graph that decides by another threshold', async () => {
    const request = subject('binary');
    const onnx = buildOnnx(request.preparation, request.model, { threshold: 0.6 });
    await expect(checkParity({ ...request, onnx }, runtime)).rejects.toMatchObject({ code: 'parity.broken' });
  });

  it('finds preparation that was learnt otherwise', async () => {
    const request = subject('regression');
    const preparation = structuredClone(request.preparation);
    for (const spec of preparation.features) if (spec.kind === 'category') spec.levels.reverse();
    const onnx = buildOnnx(preparation, request.model, request.decision);
    await expect(checkParity({ ...request, onnx }, runtime)).rejects.toMatchObject({ code: 'parity.broken' });
  });
});
