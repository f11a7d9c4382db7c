/** What the control plane tells a job's process about where things lie. */
export type WorkerSetting = {
  folders: { objects: string; bundles: string; keys: string; work: string; predictions: string };
  ingest: { maxColumns: number; memoryLimitMegabytes: number; threads: number };
  trialThreads: number;
  platformToken: string;
  /** Where the data plane answers on this machine. */
  inferenceUrl: string;
};
