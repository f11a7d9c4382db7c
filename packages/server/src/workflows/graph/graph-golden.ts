import { defineOwn, isFailure } from '@slipway/contract';
import {
  type BundleManifest,
  decodeValues,
  type GraphFile,
  type GraphShape,
  type ModelProcess,
  unstored,
} from '../../stages/pack/index.ts';
import {
  type Engine,
  loadGraph,
  type Prediction,
  type RawRow,
  type TensorRun,
} from '../../stages/serve/index.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { importedOf, type Member } from './graph-members.ts';
import { processRun } from './process-run.ts';

type Made = { file: GraphFile; shape: GraphShape; members: readonly Member[] };
type Golden = BundleManifest['golden'];

/**
 * Golden rows put together of those of the members, so that each has every column: what the graph answers for them now it must answer
 * wherever it is loaded. Rows that it cannot answer are left out. Imported models run in processes of their own meanwhile; throws what
 * starting these throws, and `graph.model-unavailable` where one dies.
 */
export async function graphGolden(
  { file, shape, members }: Made,
  models: PipelineRunPorts['models'],
): Promise<Golden> {
  const processes: ModelProcess[] = [];
  const runs = new Map<string, TensorRun>();
  try {
    for (const { member, model } of importedOf(members)) {
      const started = await models.processes.start({ ...model, providers: ['cpu'], ...models.limits });
      processes.push(started);
      runs.set(member.bundleId, processRun(started, models.limits.runTimeoutMs));
    }
    const engine = await loadGraph(file, shape, runs);
    return await goldenOf(engine, members);
  } finally {
    for (const each of processes) each.kill();
  }
}

async function goldenOf(engine: Engine, members: readonly Member[]): Promise<Golden> {
  const rowsOf = members.map(memberRows);
  const most = Math.max(...rowsOf.map(({ length }) => length));
  const golden: Golden = { rows: [], predictions: [] };
  for (let i = 0; i < most; i++) {
    const row = goldenRow(engine, members, rowsOf, i);
    const prediction = await answered(engine, row);
    if (prediction === undefined) continue;
    const { value, probabilities } = prediction;
    golden.rows.push(row);
    golden.predictions.push({ value, ...(probabilities && { probabilities }) });
  }
  return golden;
}

function goldenRow(
  engine: Engine,
  members: readonly Member[],
  rowsOf: readonly Golden['rows'][],
  i: number,
): Golden['rows'][number] {
  const taken = new Set(engine.inputs.map(({ name }) => name));
  const row: Golden['rows'][number] = {};
  for (const [m, { node }] of [...members.entries()].toReversed()) {
    const rows = rowsOf[m]!;
    const own = rows[i % Math.max(1, rows.length)] ?? {};
    for (const [name, value] of Object.entries(own)) {
      const from = node.columns.get(name) ?? name;
      if (taken.has(from)) defineOwn(row, from, value);
    }
  }
  return row;
}

/** The golden rows of a member; of an imported model the tensors that it was tried with, by the columns that they are made of. */
function memberRows(member: Member): Golden['rows'] {
  if (member.kind === 'trained') return member.manifest.golden.rows;
  const { golden } = member.manifest;
  const rows: Golden['rows'] = [];
  for (const { spec, columns } of member.shape.feeds) {
    const tensor = golden.inputs.find(({ name }) => name === spec.name);
    for (const [at, value] of (tensor === undefined ? [] : decodeValues(unstored(tensor))).entries()) {
      const place = Math.floor(at / columns.length);
      const row = rows[place] ?? {};
      rows[place] = row;
      defineOwn(row, columns[at % columns.length]!, typeof value === 'bigint' ? Number(value) : value);
    }
  }
  return rows;
}

/** Undefined for a row that the graph refuses. */
async function answered(engine: Engine, row: RawRow): Promise<Prediction | undefined> {
  try {
    const { processes } = engine.graph!;
    if (processes === undefined) return engine.predict([row])[0];
    return (await processes.predict([row], { shared: false })).predictions[0];
  } catch (error) {
    if (isFailure(error) && (error.kind === 'unprocessable' || error.kind === 'invalid')) return undefined;
    throw error;
  }
}
