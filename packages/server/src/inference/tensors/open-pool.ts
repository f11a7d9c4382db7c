import { stat } from 'node:fs/promises';
import { fail } from '@slipway/contract';
import {
  compareTensors,
  type ModelProcesses,
  type TensorManifest,
  unstored,
} from '../../stages/pack/index.ts';
import { providersOf } from '../execution-providers.ts';
import type { InferenceSettings } from '../settings.ts';
import { type ModelPool, modelPool } from './model-pool.ts';

/** A graph on this machine, and the hash that its bundle's signature names. */
export type ModelFile = { path: string; sha256: string };

/** Starts the processes of a model and sees it answer as when it was imported. Throws `bundle.invalid` and what starting throws. */
export type PoolOpener = (name: string, manifest: TensorManifest, graph: ModelFile) => Promise<ModelPool>;

const MIB = 1024 * 1024;
/** Node and the runtime without a model, about. */
const BARE_PROCESS_BYTES = 80 * MIB;
/** Answers before traffic comes: the first runs of a graph take longer. */
const WARM_UP_RUNS = 3;

/** @param processes undefined where this server can start none */
export function poolOpener(processes: ModelProcesses | undefined, settings: InferenceSettings): PoolOpener {
  return async (name, manifest, { path, sha256 }) => {
    if (processes === undefined)
      throw fail('bundle.invalid', { reason: 'this server runs no models of tensors' });
    const request = {
      path,
      sha256,
      providers: providersOf(settings.executionProviders),
      memoryBytes: settings.modelMemoryMegabytes * MIB,
      loadTimeoutMs: settings.modelLoadTimeoutMs,
    };
    const pool = modelPool({
      name,
      start: () => processes.start(request),
      bytesEach: BARE_PROCESS_BYTES + 2 * (await stat(path)).size,
      maxBatchRows: settings.maxBatchRows,
      maxDelayMs: settings.maxBatchDelayMs,
      maxWaitingRows: settings.maxWaitingRows,
      runTimeoutMs: settings.modelRunTimeoutMs,
      maxHeld: settings.maxHeldRequests,
      maxHoldMs: settings.maxHoldMs,
    });
    await pool.open();
    try {
      await checkAnswers(pool, manifest);
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  };
}

/** What was kept of the import is asked again. Throws `bundle.invalid` where the answer is another. */
async function checkAnswers(pool: ModelPool, { golden }: TensorManifest): Promise<void> {
  if (golden.inputs.length === 0) return;
  const inputs = golden.inputs.map(unstored);
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    const { outputs } = await pool.run(inputs);
    const difference =
      golden.outputs.length === 0 ? undefined : compareTensors(golden.outputs.map(unstored), outputs);
    if (difference !== undefined) throw fail('bundle.invalid', { reason: `its golden ${difference}` });
  }
}
