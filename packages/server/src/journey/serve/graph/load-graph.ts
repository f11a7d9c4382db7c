import { fail, type GraphTree, graphNodes, type NodeAnswer, parseGraph } from '@slipway/contract';
import { type BundleManifest, decodeEngineFile, type GraphFile } from '../../pack/index.ts';
import { classTypeOf, type RowColumns } from '../../prepare/index.ts';
import { compileAnswerText } from '../answer-text.ts';
import { loadEngine } from '../load-engine.ts';
import type { Engine, NodeCounts, Prediction, RawRow } from '../model.ts';
import { type Cell, compileRowReader } from '../read-row.ts';
import { compileGraph } from './compile-graph.ts';
import { type NodeTrace, nodeTrace } from './graph-node.ts';

/** Rows that one model predicts without letting other requests in between; a graph gets as many fewer as it has models. */
const PART_ROWS = 256;

type Shape = Pick<BundleManifest, 'task' | 'target' | 'inputs' | 'classes'> & {
  others?: RowColumns['others'] | undefined;
  missingWords?: readonly string[] | undefined;
};

/**
 * An inference graph as an engine, so that whatever asks a model can ask a graph: the same rows in, the same answers out. The
 * engine of each member is loaded between turns of the event loop. Throws `bundle.invalid`.
 */
export async function loadGraph(file: GraphFile, shape: Shape): Promise<Engine> {
  const engines = new Map<string, Engine>();
  for (const { bundleId, trees, seen } of file.engines) {
    const decoded = decodeEngineFile(Buffer.from(trees));
    await new Promise(setImmediate);
    engines.set(bundleId, loadEngine(decoded, seen));
    await new Promise(setImmediate);
  }
  const bundles = new Map(file.members.map(({ path, bundleId }) => [path, bundleId]));
  const engineOf = ({ path }: GraphTree): Engine => {
    const found = engines.get(bundles.get(path) ?? '');
    if (found === undefined)
      throw fail('bundle.invalid', { reason: `node ${path} of the graph has no model` });
    return found;
  };
  return graphEngine(parseGraph(file.graph), engineOf, shape);
}

/** A graph that was checked, over engines that are loaded. */
export function graphEngine(tree: GraphTree, engineOf: (node: GraphTree) => Engine, shape: Shape): Engine {
  const counts: NodeCounts[] = [];
  const { task, target, classes, inputs, others = [], missingWords = [] } = shape;
  const classType = classTypeOf({ target, classes, others: [...others] });
  const { run } = compileGraph(tree, { engineOf, inputs, missingWords, counts });
  const columns: RowColumns = { inputs, others, missingWords };
  // Which columns a row needs depends on the nodes that answer it, so they say so.
  const anyMayLack = inputs.map((input) => ({ ...input, nullable: true }));
  const readRow = compileRowReader({ ...columns, inputs: anyMayLack });
  const cells: Cell[] = inputs.map(() => null);
  const models = graphNodes(tree).filter(({ kind }) => kind === 'model').length;

  function predict(rows: readonly unknown[], from: number, to: number, trace?: NodeTrace): Prediction[] {
    const taken = rows.slice(from, to);
    for (const [i, row] of taken.entries()) readRow(row, from + i, cells);
    return run({ rows: taken as RawRow[], numbers: taken.map((_, i) => from + i) }, trace);
  }

  return {
    task,
    classes,
    classType,
    inputs,
    columns,
    answerText: compileAnswerText(classes, classType),
    predict: (rows, from = 0, to = rows.length) => predict(rows, from, to),
    explain() {
      throw fail('graph.no-explanation', { name: tree.name });
    },
    graph: {
      partRows: Math.max(8, Math.floor(PART_ROWS / Math.max(1, models))),
      counts: () => counts,
      forget: () => {
        for (const each of counts) Object.assign(each, { rows: 0, executions: 0, failures: 0, ms: 0 });
      },
      answers(rows): NodeAnswer[][] {
        const trace = nodeTrace(rows.length);
        predict(rows, 0, rows.length, trace);
        return trace.answers;
      },
    },
  };
}
