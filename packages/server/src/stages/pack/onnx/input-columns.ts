import { missingNumbers } from '../../ingest/index.ts';
import type { InputColumn } from '../../prepare/index.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { GraphNames } from './graph-names.ts';
import { doubleTensor, int64Tensor } from './tensors.ts';

/**
 * Declares one tensor of N values for each raw column and returns, by column name, the tensor to read it from.
 *
 * A lone column is declared [N, 1], which is what MLflow's pyfunc feeds then (notes in docs/adr/0008-one-onnx-graph-over-raw-columns.md),
 * and flattened first. In a column of numbers, those that mean a missing value (`missingWords`) are read as NaN.
 */
export function addInputColumns(
  graph: GraphBuilder,
  inputs: readonly InputColumn[],
  names: GraphNames,
  missingWords: readonly string[] = [],
): Map<string, string> {
  const isLone = inputs.length === 1;
  const tensors = inputs.map((input, index): [string, string] => {
    const name = names.inputs[index]!;
    graph.input(name, input.type === 'string' ? 'string' : 'double', isLone ? ['rows', 1] : ['rows']);
    const flat = isLone ? graph.node('Reshape', [name, graph.constant(int64Tensor([-1]))]) : name;
    return [
      input.name,
      input.type === 'number'
        ? withoutNumbers(graph, flat, missingNumbers(missingWords, input.reading))
        : flat,
    ];
  });
  return new Map(tensors);
}

function withoutNumbers(graph: GraphBuilder, column: string, missing: ReadonlySet<number>): string {
  const scalar = (number: number) => graph.constant(doubleTensor([number], []));
  return [...missing].reduce((rest, number) => {
    const isMissing = graph.node('Equal', [column, scalar(number)]);
    return graph.node('Where', [isMissing, scalar(Number.NaN), rest]);
  }, column);
}
