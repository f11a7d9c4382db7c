import { describe, expect, it } from 'vitest';
import { declaredSpecSchema } from './endpoint-spec.ts';
import { isFailure } from './fail.ts';
import { conditionText, graphLines } from './graph-lines.ts';
import { type GraphNode, graphNodeSchema } from './graph-nouns.ts';
import { graphNodes, parseGraph, refuseDeepGraph } from './parse-graph.ts';

const model = (name: string, more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  model: `${name}@1`,
  ...more,
});

/** The failure's reason and path. */
function refusal(graph: GraphNode): { reason: unknown; path: string | undefined } {
  try {
    parseGraph(graphNodeSchema.parse(graph));
  } catch (error) {
    if (isFailure(error, 'endpoint.bad-spec')) return { reason: error.details.reason, path: error.path };
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a graph', () => {
  it('is a typed tree whose nodes know their path and their place in the spec', () => {
    const tree = parseGraph({
      name: 'risk',
      switch: {
        cases: [model('eu', { when: { column: 'region', equals: 'EU' } })],
        default: {
          name: 'rest',
          ensemble: { method: 'mean', members: [model('a', { weight: 2 }), model('b')] },
        },
      },
    });
    expect(graphNodes(tree).map(({ path, at }) => [path, at])).toEqual([
      ['risk', 'graph'],
      ['risk/eu', 'graph.switch.cases[0]'],
      ['risk/rest', 'graph.switch.default'],
      ['risk/rest/a', 'graph.switch.default.ensemble.members[0]'],
      ['risk/rest/b', 'graph.switch.default.ensemble.members[1]'],
    ]);
    expect(graphLines(tree).map(({ depth, says }) => `${' '.repeat(depth)}${says}`)).toEqual([
      'risk · switch of 1 condition and a default',
      ' when region = "EU": eu · model eu@1',
      ' otherwise: rest · ensemble, mean of 2 members',
      '  weight 2: a · model a@1',
      '  weight 1: b · model b@1',
    ]);
  });

  it('names a version or an alias of each model', () => {
    const named = (text: string) => parseGraph(graphNodeSchema.parse({ name: 'a', model: text }));
    expect(named('churn@12')).toMatchObject({ model: 'churn', named: { version: 12 } });
    expect(named('churn@champion')).toMatchObject({ model: 'churn', named: { alias: 'champion' } });
    for (const wrong of ['churn', 'churn@0', 'Churn@1', 'churn@', '@3'])
      expect(graphNodeSchema.safeParse({ name: 'a', model: wrong }).success).toBe(false);
  });

  it('has conditions as a typed tree', () => {
    const when = (condition: GraphNode['when']) => {
      const tree = parseGraph({
        name: 'root',
        switch: { cases: [model('a', { when: condition })], default: model('b') },
      });
      return tree.kind === 'switch' ? tree.cases[0]!.when : undefined;
    };
    expect(when({ column: 'x', range: { atLeast: 18, below: 65 } })).toEqual({
      kind: 'range',
      column: 'x',
      type: null,
      from: { value: 18, inclusive: true },
      to: { value: 65, inclusive: false },
    });
    expect(when({ column: 'x', equals: 3 })).toMatchObject({ kind: 'in', values: [3] });
    const both = when({
      all: [
        { column: 'x', missing: false },
        { column: 'y', in: ['a', 'b'] },
      ],
    })!;
    expect(conditionText(both)).toBe('x is not missing and y in ("a", "b")');
  });

  it('is refused with the path of the field that is wrong', () => {
    const mean = (members: GraphNode[], more = {}): GraphNode => ({
      name: 'root',
      ensemble: { method: 'mean', members, ...more },
    });
    const cases = (when: GraphNode['when']): GraphNode => ({
      name: 'root',
      switch: { cases: [model('a', { when })], default: model('b') },
    });
    const refused: [GraphNode, RegExp, string][] = [
      [{ name: 'root' }, /exactly one of model, sequence/, 'graph'],
      [model('root', { sequence: [model('a'), model('b')] }), /exactly one of model/, 'graph'],
      [mean([model('a'), model('a')]), /is called a too/, 'graph.ensemble.members[1].name'],
      [
        mean([model('a', { outputs: { x: 'value' } }), model('b')]),
        /outputs belongs to a step/,
        'graph.ensemble.members[0].outputs',
      ],
      [model('root', { weight: 2 }), /weight belongs to a member/, 'graph.weight'],
      [
        mean([model('a'), model('b')], { final: model('c') }),
        /final belongs to the method stacked/,
        'graph.ensemble.final',
      ],
      [{ name: 'root', sequence: [model('a'), model('b')] }, /needs outputs/, 'graph.sequence[0].outputs'],
      [
        { name: 'root', ensemble: { method: 'stacked', members: [model('a'), model('b')] } },
        /node that answers/,
        'graph.ensemble.final',
      ],
      [cases(undefined), /needs a condition/, 'graph.switch.cases[0].when'],
      [cases({ column: 'x' }), /exactly one of equals, in, range/, 'graph.switch.cases[0].when'],
      [
        cases({ column: 'x', range: { atLeast: 3, above: 2 } }),
        /either atLeast or above/,
        'graph.switch.cases[0].when.range',
      ],
      [
        cases({ column: 'x', range: { above: 3, below: 3 } }),
        /no number is in the range/,
        'graph.switch.cases[0].when.range',
      ],
      [
        {
          name: 'root',
          columns: { a: 'b' },
          sequence: [model('x', { outputs: { z: 'value' } }), model('y')],
        },
        /columns belongs to/,
        'graph.columns',
      ],
    ];
    for (const [graph, reason, path] of refused) {
      const found = refusal(graph);
      expect(found.reason).toMatch(reason);
      expect(found.path).toBe(path);
    }
  });

  it('has at most 32 nodes, 8 levels and finite positive weights', () => {
    const nested = (levels: number): GraphNode =>
      levels === 1
        ? model(`n${levels}`)
        : {
            name: `n${levels}`,
            sequence: [model(`s${levels}`, { outputs: { [`c${levels}`]: 'value' } }), nested(levels - 1)],
          };
    expect(graphNodes(parseGraph(nested(8)))).toHaveLength(15);
    expect(refusal(nested(9)).reason).toMatch(/more than 8 deep/);
    const wide = (groups: number): GraphNode => ({
      name: 'root',
      ensemble: {
        method: 'mean',
        members: Array.from({ length: groups }, (_, g) => ({
          name: `g${g}`,
          ensemble: {
            method: 'mean' as const,
            members: Array.from({ length: 15 }, (_, m) => model(`m${g}-${m}`)),
          },
        })),
      },
    });
    expect(refusal(wide(2)).reason).toMatch(/more than 32 nodes/);
    for (const weight of [0, -1, Number.POSITIVE_INFINITY, Number.NaN])
      expect(graphNodeSchema.safeParse(model('a', { weight })).success).toBe(false);
  });

  it('that is nested without end is refused before anything walks through it', () => {
    let deep: unknown = {};
    for (let level = 0; level < 100_000; level++) deep = { sequence: [deep] };
    expect(() => refuseDeepGraph({ graph: deep })).toThrow(/more than 8 deep/);
    expect(() => refuseDeepGraph({ versions: {} })).not.toThrow();
  });

  it('stands in place of versions, never beside them', () => {
    const graph = model('a');
    expect(declaredSpecSchema.parse({ graph })).toMatchObject({ graph, strict: false });
    expect(declaredSpecSchema.safeParse({ graph, versions: { 'a@1': 1 } }).success).toBe(false);
    expect(declaredSpecSchema.safeParse({}).success).toBe(false);
  });
});
