import type { SandboxMode } from '../adapters/sandbox/index.ts';

/** What the control plane tells a job's process about where things lie. */
export type WorkerSetting = {
  folders: {
    objects: string;
    bundles: string;
    keys: string;
    work: string;
    predictions: string;
    /** What the search of this job left in a former life. */
    trials: string;
    /** Files that this job finds again when it is taken up again. */
    shelf: string;
  };
  pack: {
    maxModelMegabytes: number;
    maxModelNodes: number;
    modelMemoryMegabytes: number;
    modelLoadSeconds: number;
    modelRunSeconds: number;
  };
  ingest: {
    maxColumns: number;
    maxValues: number;
    maxUnpackedBytes: number;
    maxUnpackedRatio: number;
    maxScratchBytes: number;
    maxUnreadableShare: number;
    memoryLimitMegabytes: number;
    threads: number;
  };
  /** The last that this job told in a former life. */
  former: unknown;
  /** How far this job confines the processes of models. */
  modelSandbox: SandboxMode;
  trialThreads: number;
  trainingMemoryMegabytes: number;
  platformToken: string;
  /** Where the data plane answers on this machine. */
  inferenceUrl: string;
  /** Its socket, for a job that has no network. */
  inferenceSocket: string | undefined;
};
