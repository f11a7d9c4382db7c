import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { randomModel } from '../../../testing/random-model.ts';
import { levelsOf, randomPreparation } from '../../../testing/random-table.ts';
import { buildOnnx } from './build-onnx.ts';
import { modelProto } from './onnx-schema.ts';
import { refuseExternalData } from './refuse-external-data.ts';

const preparation = randomPreparation(['number', 'string'], 'regression', []);
const model = randomModel({
  seed: 2,
  levels: levelsOf(preparation),
  trees: 2,
  depth: 2,
  link: 'identity',
  outputs: 1,
  linearTerms: true,
});
const good = buildOnnx(preparation, model, { threshold: 0.5 });

const external = {
  name: 'stolen',
  dims: [4],
  dataType: 2,
  dataLocation: 1,
  externalData: [{ key: 'location', value: '../../../../etc/passwd' }],
};

function encoded(graph: object): Uint8Array {
  return modelProto.encode(modelProto.fromObject({ irVersion: 8, graph })).finish();
}

const HIDING_PLACES: Record<string, Uint8Array> = {
  'an initializer': encoded({ initializer: [external] }),
  'a sparse initializer': encoded({ sparseInitializer: [{ values: external }] }),
  'an attribute': encoded({
    node: [{ opType: 'Constant', attribute: [{ name: 'value', type: 4, t: external }] }],
  }),
  'a branch of an If': encoded({
    node: [{ opType: 'If', attribute: [{ name: 'then_branch', type: 5, g: { initializer: [external] } }] }],
  }),
  'a graph that a second one is merged with': Buffer.concat([encoded({ initializer: [external] }), good]),
};

describe('the scan for external data', () => {
  it('lets the graphs pass that we build', () => {
    expect(() => refuseExternalData(good)).not.toThrow();
  });

  for (const [place, bytes] of Object.entries(HIDING_PLACES)) {
    it(`finds a tensor kept in another file in ${place}, before the runtime sees it`, async () => {
      await expect(createOnnxRuntime().load(bytes)).rejects.toMatchObject({
        code: 'bundle.invalid',
        message: expect.stringContaining('outside the file'),
      });
    });
  }

  it('refuses bytes that are no model', async () => {
    const runtime = createOnnxRuntime();
    const random = Uint8Array.from({ length: 4000 }, (_, index) => (index * 7919) % 251);
    for (const bytes of [random, good.subarray(0, good.length - 9), new Uint8Array(0)]) {
      await expect(runtime.load(bytes)).rejects.toMatchObject({ code: 'bundle.invalid' });
    }
  });

  it('refuses a model over the size limit', async () => {
    await expect(createOnnxRuntime({ maxModelBytes: good.length - 1 }).load(good)).rejects.toMatchObject({
      code: 'bundle.invalid',
    });
    await (await createOnnxRuntime({ maxModelBytes: good.length }).load(good)).close();
  });
});
