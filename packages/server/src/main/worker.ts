import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownValue } from '@slipway/contract';
import { createBundleFolderStore, openFileSigner } from '../adapters/bundles/index.ts';
import { createDuckdbTables } from '../adapters/duckdb/index.ts';
import { runJobProcess } from '../adapters/job-processes/index.ts';
import { openJobShelf } from '../adapters/job-shelf/index.ts';
import { postByFetch, postOverSocket } from '../adapters/local-socket/index.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import { createOnnxRuntime, graphRunner, modelProcesses, NO_TELEMETRY } from '../adapters/onnx/index.ts';
import { callLogReader, predictionLogReader } from '../adapters/prediction-log/index.ts';
import { threadTrials } from '../adapters/threads/index.ts';
import { openTrialJournal, watchEnough } from '../adapters/trial-journal/index.ts';
import { systemClock } from '../kernel/index.ts';
import { INGEST_LIMITS, type IngestLimits } from '../stages/ingest/index.ts';
import { JOB_HANDLERS, type JobPorts, type StageProgress, type TrialProgress } from '../workflows/index.ts';
import { addressesOf } from './addresses.ts';
import { modelLimitsOf } from './model-limits.ts';
import type { WorkerSetting } from './worker-setting.ts';

Object.assign(process.env, NO_TELEMETRY);

/** The process of one job. */
runJobProcess(async (kind, input, setting, { progress, signal }) => {
  const ports = await wireJob(setting as WorkerSetting);
  const run = ownValue(JOB_HANDLERS, kind) as (...given: unknown[]) => Promise<unknown>;
  return run(input, ports, {
    news: (news: StageProgress | TrialProgress) => progress(news),
    signal,
    former: (setting as WorkerSetting).former,
  });
});

async function wireJob(setting: WorkerSetting): Promise<JobPorts> {
  const { folders, ingest, pack } = setting;
  const programs = dirname(fileURLToPath(import.meta.url));
  const local = addressesOf(() => ({ control: '', inference: setting.inferenceUrl }));
  const signer = await openFileSigner(folders.keys);
  const processes = modelProcesses(join(programs, 'model-process.js'), setting.modelSandbox);
  const modelLimits = modelLimitsOf(pack);
  return {
    tables: createDuckdbTables({
      scratchFolder: folders.work,
      memoryLimitBytes: ingest.memoryLimitMegabytes * 1024 ** 2,
      maxScratchBytes: ingest.maxScratchBytes,
      threads: ingest.threads,
    }),
    objects: await openFileObjects(folders.objects),
    limits: limitsOf(ingest),
    trainingMemoryBytes: setting.trainingMemoryMegabytes * 1024 ** 2,
    bundles: createBundleFolderStore(folders.bundles, signer),
    signer,
    runtime: createOnnxRuntime(),
    models: { processes, limits: modelLimits },
    graphs: graphRunner(processes, { folder: join(folders.work, 'graphs'), ...modelLimits }),
    openTrials: threadTrials({
      entry: join(programs, 'trial-thread.js'),
      concurrency: setting.trialThreads === 0 ? availableParallelism() : setting.trialThreads,
    }),
    journal: openTrialJournal(folders.trials),
    enough: watchEnough(folders.trials),
    shelf: openJobShelf(folders.shelf),
    predictions: predictionLogReader(folders.predictions),
    calls: callLogReader(folders.predictions),
    clock: systemClock,
    platformToken: setting.platformToken,
    predictUrl: local.predict,
    post: setting.inferenceSocket === undefined ? postByFetch : postOverSocket(setting.inferenceSocket),
  };
}

function limitsOf(setting: WorkerSetting['ingest']): IngestLimits {
  const { maxColumns, maxValues, maxUnpackedBytes, maxUnpackedRatio, maxUnreadableShare } = setting;
  return {
    ...INGEST_LIMITS,
    ...{ maxColumns, maxValues, maxUnpackedBytes, maxUnpackedRatio, maxUnreadableShare },
  };
}
