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
  };
  ingest: { maxColumns: number; memoryLimitMegabytes: number; threads: number };
  trialThreads: number;
  platformToken: string;
  /** Where the data plane answers on this machine. */
  inferenceUrl: string;
};
