import { join } from 'node:path';
import type { DataFolder } from '../adapters/data-folder/index.ts';
import { DATA_PLANE_SOCKET } from '../adapters/local-socket/index.ts';
import { type Sandbox, SOCKET_FOLDER } from '../adapters/sandbox/index.ts';
import type { Config } from './config.ts';
import type { WorkerSetting } from './worker-setting.ts';

/** Those that all jobs use; the others are of one job. */
type SharedFolders = Pick<WorkerSetting['folders'], 'objects' | 'bundles' | 'keys' | 'predictions'>;

/** What every job is told; the rest is of one job. */
export type JobSettings = ReturnType<typeof jobSettings> & SandboxSettings;

/** The folders, limits and addresses that every job is told. */
export function jobSettings(
  config: Config,
  folder: DataFolder,
  platformSecret: string,
  inferenceUrl: string,
): Omit<WorkerSetting, 'former' | 'folders' | keyof SandboxSettings> & { folders: SharedFolders } {
  const { objects, bundles, keys, predictions } = folder;
  return {
    folders: { objects, bundles, keys, predictions },
    ingest: config.ingest,
    pack: config.pack,
    trialThreads: config.work.trialThreads,
    trainingMemoryMegabytes: config.work.trainingMemoryMegabytes,
    platformToken: platformSecret,
    inferenceUrl,
  };
}

type SandboxSettings = Pick<WorkerSetting, 'inferenceSocket' | 'modelSandbox'>;

/** In bubblewrap a job confines models further where that works, and is confined itself where it does not. */
export function sandboxSettings({ work }: Config, { level }: Sandbox): SandboxSettings {
  const isConfined = level === 'bubblewrap';
  return {
    inferenceSocket: isConfined ? join(SOCKET_FOLDER, DATA_PLANE_SOCKET) : undefined,
    modelSandbox: isConfined ? 'auto' : work.sandbox,
  };
}
