import { type GraphNode, graphNodeSchema, graphNodes, isFailure, parseGraph } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { type LinearModel, linearEngineFile, linearManifest } from '../../../testing/linear-models.ts';
import { checkGraph } from '../../pack/index.ts';
import { loadEngine } from '../load-engine.ts';
import type { Engine } from '../model.ts';
import { graphEngine } from './load-graph.ts';
import { engineModel } from './node-model.ts';

const YES_NO = ['No', 'Yes'];
const MODELS = new Map<string, LinearModel>([
  ['size', { target: 'size', base: [1], weights: { length: [2] }, needs: ['length'] }],
  ['price', { target: 'price', base: [10], weights: { area: [3], age: [-1] } }],
  ['price-b', { target: 'price', base: [5], weights: { area: [1] } }],
  ['churn', { classes: YES_NO, base: [0.5], weights: { age: [0.1] } }],
  ['churn-b', { classes: YES_NO, base: [-1], weights: { spend: [0.2] }, needs: ['spend'] }],
  ['kind', { classes: ['a', 'b', 'c'], base: [0, 0.1, 0], weights: { age: [0.1, 0, -0.1] } }],
  ['kind-b', { classes: ['c', 'a', 'b'], base: [0.3, 0, 0], weights: { age: [0.1, 0.2, 0] } }],
  [
    'kind-dear',
    {
      classes: ['a', 'b', 'c'],
      base: [0.4, 0.1, 0],
      weights: { age: [0.1, 0, -0.1] },
      costMatrix: [
        [0, 1, 1],
        [1, 0, 1],
        [9, 1, 0],
      ],
    },
  ],
  [
    'kind-dear-c',
    {
      classes: ['c', 'b', 'a'],
      base: [0, 0.2, 0.5],
      weights: { age: [0, 0.1, 0.2] },
      costMatrix: [
        [0, 1, 9],
        [1, 0, 1],
        [1, 1, 0],
      ],
    },
  ],
  ['huge', { base: [1e308], weights: { area: [1e308] } }],
]);

const model = (name: string, of: string, more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  model: `${of}@1`,
  ...more,
});

const engineNamed = (name: string): Engine => loadEngine(linearEngineFile(MODELS.get(name)!));

function graph(declared: GraphNode): Engine {
  const tree = parseGraph(graphNodeSchema.parse(declared));
  const engines = new Map<unknown, Engine>();
  const manifests = new Map(
    graphNodes(tree).flatMap((node) => {
      if (node.kind !== 'model') return [];
      engines.set(node, engineNamed(node.model));
      return [[node, linearManifest(MODELS.get(node.model)!)] as const];
    }),
  );
  return graphEngine(tree, (node) => engineModel(engines.get(node)!), checkGraph(tree, manifests));
}

function failureOf(work: () => unknown): { code: string; node: unknown; path: string | undefined } {
  try {
    work();
  } catch (error) {
    if (isFailure(error)) return { code: error.code, node: error.details.node, path: error.path };
    throw error;
  }
  throw new Error('nothing failed');
}

const REGION = { column: 'region', type: 'string' } as const;

describe('a sequence', () => {
  it('gives later steps what earlier ones answered, under the names that were said', () => {
    const engine = graph({
      name: 'root',
      sequence: [model('size', 'size', { outputs: { area: 'value' } }), model('price', 'price')],
    });
    // area = 1 + 2·length; price = 10 + 3·area − age
    expect(engine.predict([{ length: 2, age: 4 }, { length: 0 }])).toMatchObject([
      { value: 10 + 3 * 5 - 4, score: 21, took: ['size@1', 'price@1'] },
      { value: 13 },
    ]);
  });

  it('hands on probabilities, to columns that the model calls otherwise', () => {
    const engine = graph({
      name: 'root',
      sequence: [
        model('churn', 'churn', { outputs: { p_yes: { probability: 'Yes' } }, row: 'replace' }),
        model('price', 'price-b', { columns: { area: 'p_yes' } }),
      ],
    });
    const { probabilities } = engineNamed('churn').predict([{ age: 7 }])[0]!;
    expect(engine.predict([{ age: 7 }])[0]!.value).toBeCloseTo(5 + probabilities!.Yes!, 6);
  });
});

describe('an ensemble', () => {
  const rows = [
    { age: 3, spend: 1 },
    { age: -20, spend: 4 },
    { age: 1, spend: 30 },
  ];
  const shares = (name: string, row: { age: number; spend: number }) => {
    const taken = name === 'churn-b' ? { spend: row.spend } : { age: row.age };
    return engineNamed(name).predict([taken])[0]!.probabilities!;
  };

  it('averages probabilities by weight and decides at the threshold', () => {
    const members = [model('a', 'churn', { weight: 3 }), model('b', 'churn-b')];
    const engine = graph({ name: 'root', ensemble: { method: 'mean', members, threshold: 0.55 } });
    for (const [i, { value, score, probabilities }] of engine.predict(rows).entries()) {
      const expected = (3 * shares('churn', rows[i]!).Yes! + shares('churn-b', rows[i]!).Yes!) / 4;
      expect(score).toBeCloseTo(expected, 12);
      expect(probabilities!.Yes! + probabilities!.No!).toBeCloseTo(1, 12);
      expect(value).toBe(expected >= 0.55 ? 'Yes' : 'No');
    }
  });

  it('averages several classes by name, in whatever order the members have them', () => {
    const engine = graph({
      name: 'root',
      ensemble: { method: 'mean', members: [model('x', 'kind'), model('y', 'kind-b')] },
    });
    const [{ value, probabilities, score }] = engine.predict([{ age: 5 }]) as [
      { value: string; score: number; probabilities: Record<string, number> },
    ];
    const [one, other] = ['kind', 'kind-b'].map(
      (name) => engineNamed(name).predict([{ age: 5 }])[0]!.probabilities!,
    );
    const means = ['a', 'b', 'c'].map(
      (name) => ((one as Record<string, number>)[name]! + (other as Record<string, number>)[name]!) / 2,
    );
    expect(Object.values(probabilities)).toEqual(means.map((mean) => expect.closeTo(mean, 12)));
    expect(score).toBe(Math.max(...Object.values(probabilities)));
    expect(value).toBe(['a', 'b', 'c'][means.indexOf(Math.max(...means))]);
  });

  it('decides a mean by the costs of its members, and a vote by what each of them answers', () => {
    const row = { age: 0.5 };
    const dear = (method: 'mean' | 'vote') => {
      const members = [model('x', 'kind-dear'), model('y', 'kind-dear-c')];
      return graph({ name: 'root', ensemble: { method, members } }).predict([row])[0]!;
    };
    const { probabilities, value, score } = dear('mean');
    const { costMatrix } = MODELS.get('kind-dear')!;
    const shares = ['a', 'b', 'c'].map((name) => new Map(Object.entries(probabilities!)).get(name)!);
    const expected = [0, 1, 2].map((answer) =>
      shares.reduce((sum, share, truth) => sum + share * costMatrix![truth]![answer]!, 0),
    );
    const place = expected.indexOf(Math.min(...expected));
    expect(place).not.toBe(shares.indexOf(Math.max(...shares)));
    expect(value).toBe(['a', 'b', 'c'][place]);
    expect(score).toBe(shares[place]);
    expect(dear('vote').value).toBe(engineNamed('kind-dear').predict([row])[0]!.value);
  });

  it('averages numbers by weight', () => {
    const members = [model('a', 'price', { weight: 0.5 }), model('b', 'price-b', { weight: 1.5 })];
    const engine = graph({ name: 'root', ensemble: { method: 'mean', members } });
    expect(engine.predict([{ area: 4, age: 2 }])[0]!.value).toBeCloseTo(
      (0.5 * (10 + 12 - 2) + 1.5 * 9) / 2,
      12,
    );
  });

  it('counts votes by weight, and lets the mean probability decide between equals', () => {
    const voting = (weights: number[]) =>
      graph({
        name: 'root',
        ensemble: {
          method: 'vote',
          members: [
            model('a', 'churn', { weight: weights[0] }),
            model('b', 'churn-b', { weight: weights[1] }),
          ],
        },
      });
    const row = { age: -20, spend: 30 }; // churn: No, p(Yes) = 0.18; churn-b: Yes, p(Yes) = 0.99
    expect(voting([3, 1]).predict([row])[0]).toMatchObject({
      value: 'No',
      probabilities: { No: 0.75, Yes: 0.25 },
      score: 0.25,
    });
    expect(voting([1, 1]).predict([row])[0]).toMatchObject({
      value: 'Yes',
      probabilities: { No: 0.5, Yes: 0.5 },
    });
  });

  it('that is stacked gives the members’ answers to a final model', () => {
    const engine = graph({
      name: 'root',
      ensemble: {
        method: 'stacked',
        members: [
          model('a', 'price-b', { outputs: { area: 'value' }, columns: { area: 'm2' } }),
          model('b', 'churn', { outputs: { age: { probability: 'Yes' } }, columns: { age: 'years' } }),
        ],
        final: model('final', 'price'),
      },
    });
    const yes = shares('churn', { age: 2, spend: 0 }).Yes!;
    expect(engine.predict([{ m2: 6, years: 2 }])[0]!.value).toBeCloseTo(10 + 3 * 11 - Math.fround(yes), 6);
    expect(engine.inputs.map(({ name }) => name)).toEqual(['m2', 'years']);
  });
});

describe('a switch', () => {
  const engine = graph({
    name: 'root',
    switch: {
      cases: [
        model('eu', 'churn-b', { when: { ...REGION, in: ['DE', 'FR'] } }),
        model('old', 'churn', {
          when: {
            all: [
              { column: 'age', range: { atLeast: 65 } },
              { ...REGION, missing: false },
            ],
          },
        }),
        model('none', 'churn', { when: { ...REGION, missing: true }, columns: { age: 'spend' } }),
      ],
      default: model('rest', 'churn'),
    },
  });

  it('answers each row of a batch by its own branch, in the order of the rows', () => {
    const rows = [
      { region: 'US', age: 20 },
      { region: 'DE', spend: 3 },
      { region: 'US', age: 65 },
      { spend: 9 },
      { region: 'FR', spend: 1 },
      { region: '', spend: 2 },
    ];
    const answers = engine.graph!.answers(rows).map((nodes) => nodes[0]!.node);
    expect(answers).toEqual(['root/rest', 'root/eu', 'root/old', 'root/none', 'root/eu', 'root/none']);
    const predictions = engine.predict(rows);
    const alone = rows.map((row) => engine.predict([row])[0]);
    expect(predictions).toEqual(alone);
    expect(predictions[1]!.score).toBe(engineNamed('churn-b').predict([{ spend: 3 }])[0]!.score);
    expect(predictions.map(({ took }) => took)).toEqual(
      rows.map((row) => (['DE', 'FR'].includes(row.region!) ? ['churn-b@1'] : ['churn@1'])),
    );
  });

  it('compares times as moments', () => {
    const since = {
      column: 'since',
      type: 'timestamp',
      range: { atLeast: '2024-01-01T00:00:00Z', below: '2025-01-01T00:00:00Z' },
    } as const;
    const timed = graph({
      name: 'root',
      switch: { cases: [model('new', 'churn-b', { when: since })], default: model('rest', 'churn') },
    });
    const branch = (text: string) => timed.graph!.answers([{ since: text, spend: 1 }])[0]![0]!.node;
    expect(branch('2024-06-01')).toBe('root/new');
    expect(branch('2024-01-01T01:00:00+02:00')).toBe('root/rest');
    expect(branch('2025-01-01T00:00:00Z')).toBe('root/rest');
  });

  it('names the node and the row that lack a column', () => {
    const rows = [{ region: 'US' }, { region: 'DE', age: 3 }];
    expect(failureOf(() => engine.predict(rows))).toEqual({
      code: 'graph.missing-column',
      node: 'root/eu',
      path: 'rows[1].spend',
    });
  });

  it('counts what each node answered', () => {
    engine.graph!.forget();
    engine.predict([{ region: 'DE', spend: 1 }, { region: 'FR', spend: 1 }, { region: 'US' }]);
    expect(engine.graph!.counts().map(({ node, rows }) => [node, rows])).toEqual([
      ['root', 3],
      ['root/eu', 2],
      ['root/old', 0],
      ['root/none', 0],
      ['root/rest', 1],
    ]);
  });
});

describe('an engine of a graph', () => {
  it('refuses a result that is not finite, naming the node, the row and the column', () => {
    const engine = graph({
      name: 'root',
      sequence: [model('huge', 'huge', { outputs: { spend: 'value' } }), model('churn', 'churn-b')],
    });
    expect(failureOf(() => engine.predict([{ area: 0 }, { area: 1e30 }]))).toEqual({
      code: 'graph.node-failed',
      node: 'root/huge',
      path: 'rows[1].area',
    });
  });

  it('names the version, and the row and column of the caller, not those of the node', () => {
    const engine = graph({
      name: 'root',
      switch: {
        cases: [
          {
            ...model('size', 'size', { columns: { length: 'area' } }),
            when: { ...REGION, equals: 'DE' },
          },
        ],
        default: model('rest', 'price'),
      },
    });
    const rows = [{ region: 'FR' }, { region: 'FR' }, { region: 'DE', area: 1e300 }];
    expect(() => engine.predict(rows)).toThrow(
      expect.objectContaining({
        code: 'graph.node-failed',
        path: 'rows[2].area',
        message:
          'Node root/size (size@1) of the inference graph cannot predict: its prediction is not a finite number; the cause is length = 1e+300.',
      }),
    );
    expect(() => engine.predict([{ region: 'DE' }])).toThrow(
      'Node root/size (size@1) of the inference graph needs the column area.',
    );
  });

  it('names no column of the caller for one that an earlier node gave', () => {
    const engine = graph({
      name: 'root',
      sequence: [model('size', 'size', { outputs: { area: 'value' } }), model('huge', 'huge')],
    });
    expect(failureOf(() => engine.predict([{ length: -0.5 }, { length: 1 }]))).toEqual({
      code: 'graph.node-failed',
      node: 'root/huge',
      path: 'rows[1]',
    });
  });

  it('reads rows as a model does: wrong types, unknown columns and other columns of the datasets', () => {
    const engine = graph({
      name: 'root',
      ensemble: { method: 'mean', members: [model('a', 'churn'), model('b', 'churn-b')] },
    });
    expect(failureOf(() => engine.predict([{ age: 'old', spend: 1 }]))).toMatchObject({
      code: 'predict.wrong-type',
      path: 'rows[0].age',
    });
    expect(failureOf(() => engine.predict([{ spend: 1, height: 1 }]))).toMatchObject({
      code: 'predict.unknown-column',
    });
    expect(failureOf(() => engine.predict([[1]]))).toMatchObject({ code: 'request.invalid' });
    expect(engine.predict([{ spend: 1, y: 'Yes' }])).toHaveLength(1);
  });

  it('answers part of a request as it answers all of it, with the places of the whole in failures', () => {
    const engine = graph({
      name: 'root',
      ensemble: { method: 'mean', members: [model('a', 'churn'), model('b', 'churn-b')] },
    });
    const rows = [{ spend: 1 }, { spend: 2 }, { spend: 3 }, { age: 4 }];
    expect(engine.predict(rows, 1, 3)).toEqual(engine.predict(rows.slice(0, 3)).slice(1));
    expect(failureOf(() => engine.predict(rows, 2, 4)).path).toBe('rows[3].spend');
  });

  it('explains nothing, and says where to ask', () => {
    const engine = graph(model('root', 'churn'));
    expect(failureOf(() => engine.explain({}, 0, { value: 'Yes', score: 1 })).code).toBe(
      'graph.no-explanation',
    );
  });

  it('takes columns with names that objects inherit', () => {
    MODELS.set('inherited', { base: [1], weights: { constructor: [2] } });
    const engine = graph({
      name: 'root',
      sequence: [
        model('a', 'inherited', { outputs: { ['toString']: 'value' as const } }),
        model('b', 'price-b', { columns: { area: 'toString' } }),
      ],
    });
    const row = JSON.parse('{"constructor": 3}') as Record<string, unknown>;
    expect(engine.predict([row])[0]!.value).toBe(5 + 7);
    expect(engine.predict([{}])[0]!.value).toBe(5 + 1);
  });
});
