import { fail, type GraphNode, graphNodeSchema, graphNodes, isFailure, parseGraph } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { type LinearModel, linearEngineFile, linearManifest } from '../../../testing/linear-models.ts';
import { classifierManifest, spec, tensorManifest } from '../../../testing/tensor-manifest.ts';
import {
  checkGraph,
  decodeValues,
  type ElementType,
  encodeValues,
  importedMember,
  type MemberShape,
  type Tensor,
  type TensorManifest,
} from '../../pack/index.ts';
import { loadEngine } from '../load-engine.ts';
import type { Engine, ProcessCall } from '../model.ts';
import { importedModel } from './imported-model.ts';
import { graphEngine } from './load-graph.ts';
import { engineModel, type NodeModel } from './node-model.ts';

const TRAINED: Record<string, LinearModel> = {
  churn: { classes: ['no', 'yes'], base: [0.5], weights: { age: [0.1] } },
  price: { target: 'price', base: [10], weights: { area: [3] } },
};
const CALL: ProcessCall = { shared: true };

type Run = (inputs: readonly Tensor[]) => Tensor[] | Promise<Tensor[]>;
type Imported = { manifest: TensorManifest; run: Run };

/** X·(1, 10), a number a row. */
const SUM: Imported = {
  manifest: tensorManifest(),
  run: ([x]) => {
    const values = decodeValues(x!, { keepsNonFinite: true }) as number[];
    const sums = Array.from({ length: x!.shape[0]! }, (_, i) => values[2 * i]! + 10 * values[2 * i + 1]!);
    return [tensor('variable', 'float32', [sums.length, 1], sums)];
  },
};

/** p(yes) is its first feature. */
const CLASSIFIER: Imported = {
  manifest: classifierManifest(),
  run: ([x]) => {
    const values = decodeValues(x!, { keepsNonFinite: true }) as number[];
    const shares = Array.from({ length: x!.shape[0]! }, (_, i) => values[2 * i]!);
    const labels = shares.map((share) => (share > 0.5 ? 'yes' : 'no'));
    return [
      tensor('output_label', 'string', [labels.length], labels),
      tensor(
        'output_probability',
        'float32',
        [labels.length, 2],
        shares.flatMap((p) => [1 - p, p]),
      ),
    ];
  },
};

function tensor(name: string, type: ElementType, shape: number[], values: readonly unknown[]): Tensor {
  return { name, type, shape, bytes: encodeValues(type, values, name) };
}

/** A graph over the models above; an imported one is computed here, later. */
function graph(declared: GraphNode, imported: Record<string, Imported>) {
  const tree = parseGraph(graphNodeSchema.parse(declared));
  const shapes = new Map<object, MemberShape>();
  const makers = new Map<object, (words: readonly string[]) => NodeModel>();
  const batches: number[] = [];
  for (const node of graphNodes(tree)) {
    if (node.kind !== 'model') continue;
    const trained = new Map(Object.entries(TRAINED)).get(node.model);
    if (trained !== undefined) {
      shapes.set(node, linearManifest(trained));
      makers.set(node, () => engineModel(loadEngine(linearEngineFile(trained))));
      continue;
    }
    const { manifest, run } = new Map(Object.entries(imported)).get(node.model)!;
    const member = importedMember(manifest, { says: '', at: node.at, features: node.features });
    shapes.set(node, member);
    const later = async (inputs: readonly Tensor[]) => {
      batches.push(inputs[0]!.shape[0]!);
      return await run(inputs);
    };
    makers.set(node, (missingWords) => importedModel({ member, manifest, missingWords, run: later }));
  }
  const shape = checkGraph(tree, shapes as never);
  const files = Object.values(imported).map(({ manifest }, i) => ({
    bundleId: String(i),
    file: `model-${i + 1}.onnx` as const,
    manifest,
  }));
  const engine = graphEngine(tree, (node) => makers.get(node)!(shape.missingWords), shape, files);
  return { engine, batches, shape };
}

const predict = async (engine: Engine, rows: readonly unknown[]) =>
  (await engine.graph!.processes!.predict(rows, CALL)).predictions;

async function failureOf(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (isFailure(error)) return { code: error.code, path: error.path, says: error.message };
    throw error;
  }
  throw new Error('nothing failed');
}

const net = (features: string[], more: Partial<GraphNode> = {}): GraphNode => ({
  name: 'net',
  model: 'net@1',
  features,
  ...more,
});

describe('an imported model beside trained ones', () => {
  it('is averaged with them by weight', async () => {
    const { engine } = graph(
      {
        name: 'root',
        ensemble: {
          method: 'mean',
          members: [net(['p', 'age'], { weight: 3 }), { name: 'own', model: 'churn@1' }],
        },
      },
      { net: CLASSIFIER },
    );
    const own = loadEngine(linearEngineFile(TRAINED.churn!)).predict([{ age: 2 }, { age: -30 }]);
    const rows = [
      { p: 0.75, age: 2 },
      { p: 0.25, age: -30 },
    ];
    const expected = rows.map(({ p }, i) => (3 * p + own[i]!.probabilities!.yes!) / 4);
    const found = await predict(engine, rows);
    for (const [i, { value, score, probabilities, took }] of found.entries()) {
      expect(score).toBeCloseTo(expected[i]!, 6);
      expect(probabilities!.no! + probabilities!.yes!).toBeCloseTo(1, 6);
      expect(value).toBe(expected[i]! >= 0.5 ? 'yes' : 'no');
      expect(took).toEqual(['net@1', 'churn@1']);
    }
  });

  it('answers its branch of a switch, all rows of it as one batch, in the order of the rows', async () => {
    const { engine, batches } = graph(
      {
        name: 'root',
        switch: {
          cases: [net(['area', 'rooms'], { when: { column: 'area', range: { above: 100 } } })],
          default: { name: 'own', model: 'price@1' },
        },
      },
      { net: SUM },
    );
    const rows = [{ area: 1 }, { area: 101, rooms: 2 }, { area: 2 }, { area: 102, rooms: 3 }];
    expect((await predict(engine, rows)).map(({ value }) => value)).toEqual([13, 121, 16, 132]);
    expect(batches).toEqual([2]);
    await predict(
      engine,
      rows.filter(({ area }) => area < 100),
    );
    expect(batches).toEqual([2]);
  });

  it('gives columns to a later step, and takes those of an earlier one', async () => {
    const { engine, shape } = graph(
      {
        name: 'root',
        sequence: [
          net(['width', 'height'], { outputs: { area: 'value' } }),
          { name: 'price', model: 'price@1', outputs: { cost: 'value' } },
          { name: 'last', model: 'last@1', features: ['cost', 'width'] },
        ],
      },
      { net: SUM, last: SUM },
    );
    expect(shape.inputs.map(({ name }) => name)).toEqual(['width', 'height']);
    // area = 1 + 10·2; cost = 10 + 3·21; 73 + 10·1
    expect((await predict(engine, [{ width: 1, height: 2 }]))[0]!.value).toBe(83);
  });

  it('says what its nodes answered, and counts them', async () => {
    const { engine } = graph(
      {
        name: 'root',
        sequence: [
          net(['p', 'q'], { outputs: { age: { probability: 'yes' } } }),
          { name: 'own', model: 'churn@1' },
        ],
      },
      { net: CLASSIFIER },
    );
    const { nodes } = await engine.graph!.processes!.predict([{ p: 0.25, q: 1 }], CALL, true);
    expect(nodes![0]!.map(({ node, value }) => [node, value])).toEqual([
      ['root/net', 'no'],
      ['root/own', 'yes'],
      ['root', 'yes'],
    ]);
    expect(engine.graph!.counts().map(({ node, rows, failures }) => [node, rows, failures])).toEqual([
      ['root', 1, 0],
      ['root/net', 1, 0],
      ['root/own', 1, 0],
    ]);
  });

  it('lets others have turns in a large request, and answers the same', async () => {
    const { engine, batches } = graph(
      {
        name: 'root',
        sequence: [
          net(['width', 'height'], { outputs: { area: 'value' } }),
          { name: 'price', model: 'price@1' },
        ],
      },
      { net: SUM },
    );
    const rows = Array.from({ length: 1000 }, (_, i) => ({ width: i, height: i % 7 }));
    let turns = 0;
    const rest = async () => {
      turns++;
    };
    const { predictions } = await engine.graph!.processes!.predict(rows, { shared: true, rest });
    expect(predictions.map(({ value }) => value)).toEqual(
      rows.map(({ width, height }) => 10 + 3 * (width + 10 * height)),
    );
    expect(batches).toEqual([1000]);
    expect(turns).toBeGreaterThan(8);
  });
});

describe('values of columns as tensors', () => {
  const columns = (type: ElementType): Imported => ({
    manifest: tensorManifest({
      inputs: [spec('n', type, ['rows', 1])],
      outputs: [spec('variable', 'float64', ['rows', 1])],
    }),
    run: ([n]) => [
      tensor(
        'variable',
        'float64',
        [n!.shape[0]!, 1],
        decodeValues(n!, { keepsNonFinite: true }).map((v) => (Number.isNaN(v) ? -1 : Number(v))),
      ),
    ],
  });
  const of = (type: ElementType) => graph({ name: 'root', model: 'net@1' }, { net: columns(type) }).engine;

  it('are missing as not a number in floating point', async () => {
    const found = await predict(of('float32'), [{ n: null }, {}, { n: 1.5 }]);
    expect(found.map(({ value }) => value)).toEqual([-1, -1, 1.5]);
  });

  it.each([
    ['int64', 1.5, 'The column n takes a value that int64 can hold, not 1.5'],
    ['uint8', 256, 'The column n takes a value that uint8 can hold, not 256'],
    ['float32', 1e39, 'The column n takes a value that float32 can hold, not 1e+39'],
    ['float16', 70_000, 'The column n takes a value that float16 can hold, not 70000'],
  ] as const)('that %s cannot hold are refused with the row and the column', async (type, value, says) => {
    expect(await failureOf(predict(of(type), [{ n: 1 }, { n: value }]))).toEqual({
      code: 'graph.node-failed',
      path: 'rows[1].n',
      says: `Node root (net@1) of the inference graph cannot predict: ${says}.`,
    });
  });

  it('that are missing are refused where the type has no missing value', async () => {
    expect(await failureOf(predict(of('int64'), [{ n: 1 }, { n: null }]))).toMatchObject({
      code: 'graph.node-failed',
      path: 'rows[1].n',
    });
    expect(await failureOf(predict(of('int64'), [{ n: 1 }, {}]))).toMatchObject({
      code: 'graph.missing-column',
      path: 'rows[1].n',
    });
  });

  it('keep all digits of whole numbers', async () => {
    const seen: unknown[] = [];
    const long = columns('int64');
    const run: Run = (inputs) => {
      seen.push(...decodeValues(inputs[0]!));
      return long.run(inputs);
    };
    const { engine } = graph({ name: 'root', model: 'net@1' }, { net: { ...long, run } });
    await predict(engine, [{ n: 9_007_199_254_740_993n }]);
    expect(seen).toEqual([9_007_199_254_740_993n]);
  });

  it('that are words are missing where a trained model reads them so, and texts where there is none', async () => {
    const text: Imported = {
      manifest: tensorManifest({
        inputs: [spec('word', 'string', ['rows'])],
        outputs: [spec('variable', 'float32', ['rows'])],
      }),
      run: ([word]) => [
        tensor(
          'variable',
          'float32',
          [word!.shape[0]!],
          decodeValues(word!).map((each) => String(each).length),
        ),
      ],
    };
    const alone = graph({ name: 'root', model: 'net@1' }, { net: text }).engine;
    expect((await predict(alone, [{ word: 'NA' }]))[0]!.value).toBe(2);
    const beside = graph(
      {
        name: 'root',
        ensemble: {
          method: 'mean',
          members: [
            { name: 'net', model: 'net@1' },
            { name: 'own', model: 'price@1' },
          ],
        },
      },
      { net: text },
    ).engine;
    expect(await failureOf(predict(beside, [{ word: 'NA', area: 1 }]))).toMatchObject({
      path: 'rows[0].word',
    });
  });
});

describe('what an imported model answers', () => {
  const answering = (outputs: (rows: number) => Tensor[]) =>
    graph(net(['a', 'b']), { net: { manifest: classifierManifest(), run: ([x]) => outputs(x!.shape[0]!) } })
      .engine;
  const told = (labels: string[], shares: number[]) => () => [
    tensor('output_label', 'string', [labels.length], labels),
    tensor('output_probability', 'float32', [labels.length, 2], shares),
  ];
  const rows = [
    { a: 1, b: 1 },
    { a: 1, b: 1 },
  ];

  it('is refused where it is not finite', async () => {
    const engine = answering(told(['no', 'no'], [0.5, 0.5, Number.NaN, 0.5]));
    expect(await failureOf(predict(engine, rows))).toMatchObject({
      code: 'graph.not-finite',
      path: 'rows[1]',
    });
    const sum = graph(net(['a', 'b']), {
      net: { ...SUM, run: () => [tensor('variable', 'float32', [1, 1], [Number.POSITIVE_INFINITY])] },
    });
    expect(await failureOf(predict(sum.engine, [rows[0]]))).toMatchObject({
      code: 'graph.not-finite',
      path: 'rows[0]',
    });
  });

  it('is refused where scores of a row are no probabilities, and where the label is no class', async () => {
    expect(await failureOf(predict(answering(told(['no', 'yes'], [0.5, 0.5, 2, -3])), rows))).toMatchObject({
      code: 'graph.node-failed',
      path: 'rows[1]',
      says: expect.stringContaining('they are no probabilities'),
    });
    expect(
      await failureOf(predict(answering(told(['no', 'maybe'], [0.5, 0.5, 0.5, 0.5])), rows)),
    ).toMatchObject({
      path: 'rows[1]',
      says: expect.stringContaining('it answered maybe, which is none of its classes'),
    });
  });

  it('is refused where it has not one answer for each row', async () => {
    expect(await failureOf(predict(answering(told(['no'], [0.5, 0.5])), rows))).toMatchObject({
      code: 'graph.node-failed',
    });
  });

  it('is the class that it gives, which need not be the most probable', async () => {
    const found = await predict(answering(told(['yes', 'no'], [0.7, 0.3, 0.2, 0.8])), rows);
    expect(found.map(({ value, score }) => [value, score.toFixed(1)])).toEqual([
      ['yes', '0.3'],
      ['no', '0.8'],
    ]);
  });
});

describe('a process that fails', () => {
  it.each([
    [
      fail('model.lost', { reason: 'it took more than 1000 ms' }),
      'graph.model-unavailable',
      /its process is gone: it took more than 1000 ms/,
    ],
    [
      fail('model.resting', { name: 'x', deaths: 3, retryAfterSeconds: 7 }),
      'graph.model-unavailable',
      /crashed 3 times; circuit breaker open for 7 s/,
    ],
    [fail('predict.too-late'), 'predict.too-late', /time/],
    [fail('predict.overloaded', { name: 'x' }), 'predict.overloaded', /more requests/],
  ])('is told with the node and the model, or as what it is: %s', async (failure, code, says) => {
    const run: Run = () => {
      throw failure;
    };
    const ensemble = {
      method: 'mean' as const,
      members: [net(['p', 'age']), { name: 'own', model: 'churn@1' }],
    };
    const { engine } = graph({ name: 'root', ensemble }, { net: { ...CLASSIFIER, run } });
    const found = await failureOf(predict(engine, [{ p: 0.5, age: 1 }]));
    expect(found).toMatchObject({ code, says: expect.stringMatching(says) });
    expect(engine.graph!.counts().map(({ failures }) => failures)).toEqual([1, 1, 0]);
  });

  it('waits for the models beside it, and says of several failures the first in the order of the nodes', async () => {
    let tellBroken = () => {};
    const broken = new Promise<void>((resolve) => {
      tellBroken = resolve;
    });
    let slowEnded = false;
    const slow: Imported = {
      ...CLASSIFIER,
      run: async () => {
        await broken;
        slowEnded = true;
        throw fail('model.run-failed', { reason: 'the first' });
      },
    };
    const quick: Imported = {
      ...CLASSIFIER,
      run: () => {
        tellBroken();
        throw fail('model.run-failed', { reason: 'the second' });
      },
    };
    const members = [net(['p', 'age']), { ...net(['p', 'age']), name: 'other', model: 'other@1' }];
    const { engine } = graph(
      { name: 'root', ensemble: { method: 'vote', members } },
      { net: slow, other: quick },
    );
    expect((await failureOf(predict(engine, [{ p: 0.5, age: 1 }]))).says).toMatch(/the first/);
    expect(slowEnded).toBe(true);
  });
});
