import type { BundleManifest } from '../stages/pack/index.ts';
import { checkGoldenAnswers, type Engine, type ProcessCall } from '../stages/serve/index.ts';
import { seenAtImport } from './answers/output-bytes.ts';
import type { ImportedModels } from './read-bundle.ts';
import type { EngineLife } from './scaling/engine-life.ts';
import { type GraphPool, graphLife, outputBytesOf, poolRun } from './tensors/graph-pools.ts';
import type { PoolOpener } from './tensors/open-pool.ts';

type Loading = { manifest: BundleManifest; engine: Engine; imported: ImportedModels };
type LoadedGraph = {
  takes: 'columns';
  manifest: BundleManifest;
  engine: Engine;
  life: EngineLife;
  outputBytes: (rows: number) => number;
  close: () => Promise<void>;
};

/** Answers before traffic comes: the first runs of models take longer. */
const WARM_UP_ROUNDS = 8;

/**
 * A graph with imported models, ready to answer: each model in processes of its own, that answered as when it was imported, and the
 * golden rows answered by the whole. Throws `bundle.invalid` and what starting the processes throws; then none is left.
 */
export async function loadGraphRoute(
  name: string,
  { manifest, engine, imported }: Loading,
  openPool: PoolOpener,
  limitMs: number,
): Promise<LoadedGraph> {
  const pools: GraphPool[] = [];
  try {
    for (const { bundleId, manifest: own, model } of imported.models) {
      const pool = await openPool(name, own, model);
      const opened = {
        bundleId,
        manifest: own,
        pool,
        seen: seenAtImport(own),
        nodes: nodesOf(manifest, bundleId),
      };
      pools.push(opened);
      imported.runs.set(bundleId, poolRun(opened));
    }
    await warmUp(engine, manifest, limitMs);
  } catch (error) {
    await Promise.all(pools.map(({ pool }) => pool.close()));
    throw error;
  }
  engine.graph?.forget();
  const life = graphLife(
    engine,
    pools.map(({ pool }) => pool),
  );
  return {
    takes: 'columns',
    manifest,
    engine,
    life,
    outputBytes: (rows) => outputBytesOf(pools, rows),
    close: () => life.close(),
  };
}

function nodesOf({ graph }: BundleManifest, bundleId: string): number {
  return graph?.members.filter((member) => member.bundleId === bundleId).length ?? 0;
}

async function warmUp(engine: Engine, manifest: BundleManifest, limitMs: number): Promise<void> {
  const { rows } = manifest.golden;
  if (rows.length === 0) return;
  const deadlineAt = performance.now() + limitMs;
  const call: ProcessCall = { deadlineAt, shared: true, rest: () => new Promise(setImmediate) };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    const { predictions } = await engine.graph!.processes!.predict(rows, call);
    if (round === 0) checkGoldenAnswers(predictions, manifest);
    for (const prediction of predictions) engine.answerText(prediction);
  }
}
