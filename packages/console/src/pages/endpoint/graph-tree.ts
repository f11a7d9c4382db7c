import type { GraphLine } from '@slipway/contract';

export type Branch = { line: GraphLine; below: Branch[] };

/** The lines of a graph, from the root down, as a tree: each below the last one that is less deep. */
export function treeOf(lines: readonly GraphLine[]): Branch[] {
  const roots: Branch[] = [];
  const open: Branch[] = [];
  for (const line of lines) {
    const branch: Branch = { line, below: [] };
    open.length = Math.min(line.depth, open.length);
    (open.at(-1)?.below ?? roots).push(branch);
    open.push(branch);
  }
  return roots;
}
