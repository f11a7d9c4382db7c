import { type GraphNode, parseGraph } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { pinned } from './pin-graph.ts';

const GRAPH: GraphNode = {
  name: 'root',
  switch: {
    cases: [
      {
        name: 'a',
        when: { column: 'x', missing: true },
        ensemble: {
          method: 'mean',
          members: [
            { name: 'b', model: 'm@champion', weight: 2 },
            { name: 'c', model: 'n@3' },
          ],
        },
      },
    ],
    default: {
      name: 'd',
      sequence: [
        { name: 'e', model: 'm@champion', outputs: { y: 'value' }, row: 'replace' },
        {
          name: 'f',
          ensemble: {
            method: 'stacked',
            members: [
              { name: 'g', model: 'm@1', columns: { q: 'y' }, outputs: { z: 'value' } },
              { name: 'h', model: 'm@2', outputs: { w: 'value' } },
            ],
            final: { name: 'i', model: 'o@champion' },
          },
        },
      ],
    },
  },
};

const A = 'graph.switch.cases[0]';
const D = 'graph.switch.default';
const DECIDED = {
  versions: new Map([
    [`${A}.ensemble.members[0]`, 'm@7'],
    [`${D}.sequence[0]`, 'm@7'],
    [`${D}.sequence[1].ensemble.final`, 'o@2'],
  ]),
  thresholds: new Map([[A, 0.4]]),
};

describe('a pinned graph', () => {
  it('has versions in place of aliases and the thresholds that were decided, and all else as declared', () => {
    const expected = JSON.stringify(GRAPH)
      .replaceAll('m@champion', 'm@7')
      .replace('o@champion', 'o@2')
      .replace('"method":"mean"', '"threshold":0.4,"method":"mean"');
    expect(pinned(GRAPH, DECIDED)).toEqual(JSON.parse(expected));
  });

  it('is the same when it is pinned again, at the places that the tree of the graph names', () => {
    const once = pinned(GRAPH, DECIDED);
    expect(pinned(once, DECIDED)).toEqual(once);
    expect(() => parseGraph(once)).not.toThrow();
  });
});
