import { type GraphNode, graphNodeSchema, graphNodes, isFailure, parseGraph } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { type LinearModel, linearManifest } from '../../../testing/linear-models.ts';
import { checkGraph, type GraphShape } from './check-graph.ts';

const YES_NO = ['No', 'Yes'];
const MODELS = new Map<string, LinearModel>([
  ['size', { target: 'size', base: [1], weights: { length: [2], width: [1] }, needs: ['length'] }],
  ['price', { target: 'price', base: [0], weights: { area: [3], age: [1] } }],
  ['price-b', { target: 'cost', base: [0], weights: { area: [1] } }],
  ['churn', { classes: YES_NO, target: 'churned', base: [0], weights: { age: [1] }, threshold: 0.3 }],
  [
    'churn-b',
    {
      classes: YES_NO,
      target: 'churned',
      base: [0],
      weights: { spend: [1] },
      threshold: 0.3,
      needs: ['spend'],
    },
  ],
  ['churn-c', { classes: YES_NO, target: 'churned', base: [0], weights: { age: [1] }, threshold: 0.6 }],
  ['churn-d', { classes: ['Yes', 'No'], target: 'churned', base: [0], weights: { age: [1] } }],
  ['kind', { classes: ['a', 'b', 'c'], target: 'kind', base: [0, 0, 0], weights: { age: [1, 2, 3] } }],
  [
    'kind-dear',
    {
      classes: ['a', 'b', 'c'],
      base: [0, 0, 0],
      weights: { age: [1, 2, 3] },
      costMatrix: [
        [0, 1, 2],
        [3, 0, 4],
        [5, 6, 0],
      ],
    },
  ],
  [
    'kind-dear-c',
    {
      classes: ['c', 'b', 'a'],
      base: [0, 0, 0],
      weights: { age: [3, 2, 1] },
      costMatrix: [
        [0, 6, 5],
        [4, 0, 3],
        [2, 1, 0],
      ],
    },
  ],
  ['kind-b', { classes: ['a', 'b', 'd'], target: 'kind', base: [0, 0, 0], weights: { age: [1, 2, 3] } }],
  ['texts', { target: 'y', base: [0], weights: {}, more: [{ name: 'age', type: 'string', nullable: true }] }],
]);

const model = (name: string, of: string, more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  model: `${of}@1`,
  ...more,
});

function check(graph: GraphNode): GraphShape {
  const tree = parseGraph(graphNodeSchema.parse(graph));
  const models = graphNodes(tree).flatMap((node) =>
    node.kind === 'model' ? [[node, linearManifest(MODELS.get(node.model)!)] as const] : [],
  );
  return checkGraph(tree, new Map(models));
}

function refusal(graph: GraphNode): { reason: unknown; path: string | undefined } {
  try {
    check(graph);
  } catch (error) {
    if (isFailure(error, 'endpoint.bad-spec')) return { reason: error.details.reason, path: error.path };
    throw error;
  }
  throw new Error('it was accepted');
}

const mean = (members: GraphNode[], more = {}): GraphNode => ({
  name: 'root',
  ensemble: { method: 'mean', members, ...more },
});
const nullable = ({ inputs }: GraphShape) =>
  Object.fromEntries(inputs.map((each) => [each.name, each.nullable]));

describe('what a graph takes', () => {
  it('of a sequence is what its steps take of the caller, without what earlier steps give', () => {
    const shape = check({
      name: 'root',
      sequence: [model('size', 'size', { outputs: { area: 'value' } }), model('price', 'price')],
    });
    expect(shape).toMatchObject({ task: 'regression', target: 'price', classes: [] });
    expect(nullable(shape)).toEqual({ length: false, width: true, age: true });
  });

  it('goes by the names that a node maps to its own', () => {
    const columns = { area: 'surface', age: 'years' };
    expect(nullable(check(model('price', 'price', { columns })))).toEqual({ surface: true, years: true });
    expect(refusal(model('price', 'price', { columns: { colour: 'x' } }))).toEqual({
      reason: 'price takes no column colour',
      path: 'graph.columns.colour',
    });
  });

  it('of a switch needs only what every branch needs', () => {
    const branches = (other: string): GraphNode => ({
      name: 'root',
      switch: {
        cases: [model('a', 'churn-b', { when: { column: 'region', type: 'string', equals: 'EU' } })],
        default: model('b', other),
      },
    });
    expect(nullable(check(branches('churn')))).toEqual({ spend: true, age: true, region: true });
    expect(nullable(check(branches('churn-b'))).spend).toBe(false);
  });
});

describe('a graph whose nodes do not fit together', () => {
  it('is refused where a step gives a column in another type than a later one takes', () => {
    const graph: GraphNode = {
      name: 'root',
      sequence: [model('kind', 'kind', { outputs: { area: 'value' } }), model('price', 'price')],
    };
    expect(refusal(graph)).toEqual({
      reason: 'node root/price takes the column area as a number, and node root/kind gives area as a string',
      path: 'graph.sequence[1]',
    });
  });

  it('is refused where the row was replaced and a later step takes what is gone', () => {
    const graph: GraphNode = {
      name: 'root',
      sequence: [
        model('size', 'size', { outputs: { area: 'value' }, row: 'replace' }),
        model('price', 'price'),
      ],
    };
    expect(refusal(graph).reason).toMatch(/takes the column age as a number, and no earlier node gives age/);
  });

  it('is refused where an answer would hide a column that callers send', () => {
    const graph: GraphNode = {
      name: 'root',
      sequence: [
        model('size', 'size', { outputs: { age: 'value' } }),
        mean([model('a', 'price'), model('b', 'price-b')]),
      ],
    };
    // Nothing reads the caller's age here, so the answer may be called so.
    graph.sequence![1]!.name = 'mean';
    expect(nullable(check(graph))).not.toHaveProperty('age');
    const hidden: GraphNode = {
      name: 'root',
      sequence: [
        model('churn', 'churn', { outputs: { age2: 'value' } }),
        model('size', 'size', { outputs: { age: 'value' } }),
        model('price', 'price'),
      ],
    };
    expect(refusal(hidden)).toMatchObject({ path: 'graph.sequence[1].outputs.age' });
  });

  it('is refused where two steps give one column, which two branches may', () => {
    const steps = (first: string, last: string): GraphNode[] => [
      model(first, 'size', { outputs: { area: 'value' } }),
      model(last, 'price'),
    ];
    const twice: GraphNode = { name: 'root', sequence: [...steps('a', 'b').slice(0, 1), ...steps('c', 'd')] };
    expect(refusal(twice)).toEqual({
      reason: 'node root/a gives a column area too',
      path: 'graph.sequence[1].outputs.area',
    });
    const branches: GraphNode = {
      name: 'root',
      switch: {
        cases: [{ name: 'old', when: { column: 'age', range: { above: 9 } }, sequence: steps('a', 'b') }],
        default: { name: 'rest', sequence: steps('c', 'd') },
      },
    };
    expect(nullable(check(branches))).toEqual({ length: false, width: true, age: true });
  });

  it('is refused where two models read one column as different types', () => {
    expect(refusal(mean([model('a', 'price'), model('b', 'texts')])).reason).toBe(
      'node root/b takes the column age as a string, and node root/a takes age as a number',
    );
  });

  it('is refused where a class is named that there is none of', () => {
    const graph: GraphNode = {
      name: 'root',
      sequence: [
        model('churn', 'churn', { outputs: { area: { probability: 'Maybe' } } }),
        model('p', 'price'),
      ],
    };
    expect(refusal(graph)).toEqual({
      reason: 'node root/churn has no class Maybe: its classes are No, Yes',
      path: 'graph.sequence[0].outputs.area',
    });
  });

  it.each([
    [[model('a', 'churn'), model('b', 'price')], /one of two classes and node root\/b a number/],
    [[model('a', 'kind'), model('b', 'kind-b')], /has the classes a, b, c and node root\/b a, b, d/],
    [
      [model('a', 'churn'), model('b', 'churn-d')],
      /positive class of node root\/a is Yes and that of node root\/b No/,
    ],
  ])('is refused where members answer different things', (members, reason) => {
    const found = refusal(mean(members));
    expect(found.reason).toMatch(reason);
    expect(found.path).toBe('graph.ensemble.members[1]');
  });

  it('is refused where the members of a mean decide by different costs, which a vote and a switch may', () => {
    const members = [model('a', 'kind-dear'), model('b', 'kind')];
    const found = refusal(mean(members));
    expect(found.reason).toMatch(/decide by different costs \(a by costs of its own, b without costs\)/);
    expect(found.path).toBe('graph.ensemble.members');
    const vote: GraphNode = { name: 'root', ensemble: { method: 'vote', members } };
    expect(check(vote).decision).toEqual({ threshold: 0.5 });
    const when = { column: 'age', range: { above: 9 } };
    const branches: GraphNode = {
      name: 'way',
      switch: { cases: [{ ...members[0]!, when }], default: members[1]! },
    };
    expect(check(branches).decision).toEqual({ threshold: 0.5 });
    expect(refusal(mean([branches, model('c', 'kind-dear')])).reason).toMatch(/by different costs/);
  });

  it('decides a mean by the costs that its members have in common, in whatever order their classes are', () => {
    const { classes, decision } = check(mean([model('a', 'kind-dear'), model('b', 'kind-dear-c')]));
    expect(classes).toEqual(['a', 'b', 'c']);
    expect(decision.costMatrix).toEqual(MODELS.get('kind-dear')!.costMatrix);
  });

  it('is refused where a vote is of numbers', () => {
    const graph: GraphNode = {
      name: 'root',
      ensemble: { method: 'vote', members: [model('a', 'price'), model('b', 'price-b')] },
    };
    expect(refusal(graph)).toMatchObject({ path: 'graph.ensemble.method' });
  });

  it.each([
    [{ column: 'age', equals: 'old' }, 'age is a number, and "old" is none', 'graph.switch.cases[0].when'],
    [
      { column: 'region', equals: 'EU' },
      'no model of the graph knows the column region; give its type beside it',
      'graph.switch.cases[0].when.type',
    ],
    [
      { column: 'age', type: 'string', equals: 'x' },
      'age is a number, not a string',
      'graph.switch.cases[0].when.type',
    ],
    [
      { column: 'kind', type: 'string', range: { above: 3 } },
      'a range is of numbers or times, and kind is a string',
      'graph.switch.cases[0].when.range',
    ],
    [
      { column: 'at', type: 'timestamp', range: { above: '2024-02-01', below: '2024-01-01' } },
      'nothing is in the range',
      'graph.switch.cases[0].when.range',
    ],
  ] as const)('is refused where a condition does not fit its column: %o', (when, reason, path) => {
    const graph = {
      name: 'root',
      switch: {
        cases: [model('a', 'churn', { when: { ...when } as GraphNode['when'] })],
        default: model('b', 'churn'),
      },
    };
    expect(refusal(graph)).toEqual({ reason, path });
  });
});

describe('what is decided about a graph', () => {
  it('is the threshold that members have in common, and must be said where they have none', () => {
    expect(check(mean([model('a', 'churn'), model('b', 'churn-b')]))).toMatchObject({
      decision: { threshold: 0.3 },
      thresholds: new Map([['graph', 0.3]]),
    });
    const differing = [model('a', 'churn'), model('b', 'churn-c')];
    expect(refusal(mean(differing))).toEqual({
      reason: 'its members decide at different thresholds (a 0.3, b 0.6); give the threshold of their mean',
      path: 'graph.ensemble.threshold',
    });
    expect(check(mean(differing, { threshold: 0.4 })).decision).toEqual({ threshold: 0.4 });
  });

  it('is said where members call their target otherwise', () => {
    expect(check(mean([model('a', 'price'), model('b', 'price-b')])).notes).toEqual([
      "Node root/b predicts cost and node root/a price; the graph's target is called price there.",
    ]);
  });
});
