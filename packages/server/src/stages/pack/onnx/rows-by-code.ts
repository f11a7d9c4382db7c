import { cast } from './feature-nodes.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { attribute, doubleTensor } from './tensors.ts';

/**
 * Looks up a row of numbers for each code of a category, the last row for missing; returns a double tensor
 * [N, numbers in a row].
 */
export function addRowsByCode(
  graph: GraphBuilder,
  rows: readonly (readonly number[])[],
  codes: string,
): string {
  const table = graph.constant(doubleTensor(rows.flat(), [rows.length, rows[0]!.length]));
  const missing = graph.node('IsNaN', [codes]);
  const missingRow = graph.constant(doubleTensor([rows.length - 1], []));
  const index = cast(
    graph,
    graph.node('Where', [missing, missingRow, cast(graph, codes, 'double')]),
    'int64',
  );
  return graph.node('Gather', [table, index], [attribute.int('axis', 0)]);
}
