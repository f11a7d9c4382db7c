import { fail, type GraphTree, graphNodes, parseGraph } from '@slipway/contract';
import {
  type BundleManifest,
  decodeEngineFile,
  type GraphFile,
  type ImportedModelFile,
  importedMember,
} from '../../pack/index.ts';
import { classTypeOf, type RowColumns } from '../../prepare/index.ts';
import { compileAnswerText } from '../answer-text.ts';
import { loadEngine } from '../load-engine.ts';
import type { Engine, NodeCounts, Prediction, ProcessCall, RawRow } from '../model.ts';
import { type Cell, compileRowReader } from '../read-row.ts';
import { compileGraph } from './compile-graph.ts';
import { type Asking, nodeTrace } from './graph-node.ts';
import { importedModel } from './imported-model.ts';
import { inSlices, type Later } from './later.ts';
import { engineModel, type NodeModel, type TensorRun } from './node-model.ts';

/** Rows that one model predicts without letting other requests in between; a graph gets as many fewer as it has models. */
const PART_ROWS = 256;

type Shape = Pick<BundleManifest, 'task' | 'target' | 'inputs' | 'classes'> & {
  others?: RowColumns['others'] | undefined;
  missingWords?: readonly string[] | undefined;
};

/** What runs an imported model, by the id of its bundle; looked up when rows come. */
export type TensorRuns = ReadonlyMap<string, TensorRun>;

/**
 * An inference graph as an engine, so that whatever asks a model can ask a graph: the same rows in, the same answers out. The
 * engine of each member is loaded between turns of the event loop. Throws `bundle.invalid`.
 *
 * @param runs of the imported models; those of a graph that has none are not needed
 */
export async function loadGraph(
  file: GraphFile,
  shape: Shape,
  runs: TensorRuns = new Map(),
): Promise<Engine> {
  const engines = new Map<string, Engine>();
  for (const { bundleId, trees, seen } of file.engines) {
    const decoded = decodeEngineFile(Buffer.from(trees));
    await new Promise(setImmediate);
    engines.set(bundleId, loadEngine(decoded, seen));
    await new Promise(setImmediate);
  }
  const bundles = new Map(file.members.map(({ path, bundleId }) => [path, bundleId]));
  const imported = new Map((file.imported ?? []).map((each) => [each.bundleId, each]));
  const modelOf = (node: GraphTree): NodeModel => {
    const bundleId = bundles.get(node.path) ?? '';
    const engine = engines.get(bundleId);
    if (engine !== undefined) return engineModel(engine);
    const found = imported.get(bundleId);
    if (found === undefined || node.kind !== 'model')
      throw fail('bundle.invalid', { reason: `node ${node.path} of the graph has no model` });
    return importedNode(found, node, shape, runs);
  };
  return graphEngine(parseGraph(file.graph), modelOf, shape, file.imported);
}

function importedNode(
  { bundleId, manifest }: ImportedModelFile,
  node: Extract<GraphTree, { kind: 'model' }>,
  { missingWords = [] }: Shape,
  runs: TensorRuns,
): NodeModel {
  const { path, at, features } = node;
  const member = importedMember(manifest, { says: `node ${path} is an imported ONNX model`, at, features });
  const run: TensorRun = (inputs, call) => {
    const found = runs.get(bundleId);
    if (found === undefined) throw new Error(`the imported model of node ${path} has no process`);
    return found(inputs, call);
  };
  return importedModel({ member, manifest, missingWords, run });
}

/** A graph that was checked, over models that are loaded. */
export function graphEngine(
  tree: GraphTree,
  modelOf: (node: GraphTree) => NodeModel,
  shape: Shape,
  imported: readonly ImportedModelFile[] = [],
): Engine {
  const counts: NodeCounts[] = [];
  const { task, target, classes, inputs, others = [], missingWords = [] } = shape;
  const classType = classTypeOf({ target, classes, others: [...others] });
  const { run } = compileGraph(tree, { modelOf, inputs, missingWords, counts });
  const columns: RowColumns = { inputs, others, missingWords };
  // Which columns a row needs depends on the nodes that answer it, so they say so.
  const anyMayLack = inputs.map((input) => ({ ...input, nullable: true }));
  const readRow = compileRowReader({ ...columns, inputs: anyMayLack });
  const cells: Cell[] = inputs.map(() => null);
  const models = graphNodes(tree).filter(({ kind }) => kind === 'model').length;

  function predict(rows: readonly unknown[], from: number, to: number, asking: Asking): Prediction[] {
    const taken = rows.slice(from, to);
    for (const [i, row] of taken.entries()) readRow(row, from + i, cells);
    const numbers = taken.map((_, i) => from + i);
    return atOnce(run({ rows: taken as RawRow[], numbers }, asking));
  }

  async function predictLater(rows: readonly unknown[], call: ProcessCall, traced = false) {
    const trace = traced ? nodeTrace(tree, rows.length) : undefined;
    await inSlices(rows.length, call.rest, (from, to) => {
      for (let i = from; i < to; i++) readRow(rows[i], i, cells);
    });
    const numbers = rows.map((_, i) => i);
    const asking: Asking = { trace, isCounted: true, call };
    const predictions = await run({ rows: rows as readonly RawRow[], numbers }, asking);
    return { predictions, nodes: trace?.answers() };
  }

  return {
    task,
    classes,
    classType,
    inputs,
    columns,
    answerText: compileAnswerText(classes, classType),
    predict: (rows, from = 0, to = rows.length) => predict(rows, from, to, COUNTED),
    explain() {
      throw fail('graph.no-explanation', { name: tree.name });
    },
    graph: {
      partRows: Math.max(8, Math.floor(PART_ROWS / Math.max(1, models))),
      counts: () => counts,
      forget: () => {
        for (const each of counts) Object.assign(each, { rows: 0, executions: 0, failures: 0, ms: 0 });
      },
      answers(rows) {
        const trace = nodeTrace(tree, rows.length);
        predict(rows, 0, rows.length, { trace, isCounted: false, call: undefined });
        return trace.answers();
      },
      ...(imported.length > 0 && {
        processes: {
          predict: predictLater,
          models: imported.map(({ bundleId, manifest }) => ({ bundleId, manifest })),
        },
      }),
    },
  };
}

const COUNTED: Asking = { trace: undefined, isCounted: true, call: undefined };

/** Of a graph without imported models, which waits for nothing. */
function atOnce(answers: Later<Prediction[]>): Prediction[] {
  if (answers instanceof Promise) throw new Error('an imported model of a graph was asked without waiting');
  return answers;
}
