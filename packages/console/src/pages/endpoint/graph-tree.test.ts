import type { GraphLine } from '@slipway/contract';
import { expect, it } from 'vitest';
import { type Branch, treeOf } from './graph-tree.ts';

const line = (path: string): GraphLine => ({
  path,
  depth: path.split('/').length - 1,
  kind: 'model',
  says: path,
});
const pathsOf = (branches: readonly Branch[]): unknown[] =>
  branches.map(({ line: { path }, below }) => (below.length === 0 ? path : [path, ...pathsOf(below)]));

it('puts each node of a graph below the node that uses it', () => {
  const lines = ['root', 'root/a', 'root/a/b', 'root/a/c', 'root/d', 'root/e', 'root/e/f'].map(line);
  expect(pathsOf(treeOf(lines))).toEqual([
    ['root', ['root/a', 'root/a/b', 'root/a/c'], 'root/d', ['root/e', 'root/e/f']],
  ]);
  expect(treeOf([])).toEqual([]);
});
