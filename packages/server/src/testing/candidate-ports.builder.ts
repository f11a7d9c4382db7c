import { join } from 'node:path';
import { createBundleFolderStore, openFileSigner } from '../adapters/bundles/index.ts';
import { createOnnxRuntime } from '../adapters/onnx/index.ts';
import { systemClock } from '../kernel/index.ts';
import { inProcessTrials } from '../stages/train/index.ts';
import type { JobPorts } from '../workflows/index.ts';
import type { TemporaryLake } from './temporary-lake.ts';

/** What the job of a candidate asks of the world: real adapters on the folder of a lake, trials in this process, no journal. */
export async function candidatePorts(lake: TemporaryLake): Promise<JobPorts> {
  const signer = await openFileSigner(join(lake.folder, 'keys'));
  return {
    ...lake.ports,
    signer,
    bundles: createBundleFolderStore(join(lake.folder, 'bundles'), signer),
    runtime: createOnnxRuntime(),
    trainingMemoryBytes: Number.POSITIVE_INFINITY,
    openTrials: inProcessTrials(systemClock),
    journal: { read: async () => [], append: async () => undefined },
    enough: new AbortController().signal,
    clock: systemClock,
  } as unknown as JobPorts;
}
