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
    modelMemoryMegabytes: number;
    modelLoadSeconds: number;
    modelRunSeconds: number;
  };
  ingest: {
    maxColumns: number;
    maxUnpackedBytes: number;
    maxUnpackedRatio: number;
    maxUnreadableShare: number;
    memoryLimitMegabytes: number;
    threads: number;
  };
  /** The last that this job told in a former life. */
  former: unknown;
  trialThreads: number;
  trainingMemoryMegabytes: number;
  platformToken: string;
  /** Where the data plane answers on this machine. */
  inferenceUrl: string;
};
