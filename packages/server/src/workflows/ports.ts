import type { Clock } from '../kernel/index.ts';
import type { Database } from '../metadata/index.ts';
import type { Deployer } from '../stages/deploy/index.ts';
import type { BundleStore, ImportLimits, ModelProcesses, Signer } from '../stages/pack/index.ts';

/** What the control plane's side of a pipeline run needs. */
export type PipelineRunPorts = {
  database: Database;
  deployer: Deployer;
  /** Bundles are read and, of inference graphs, made here. */
  bundles: BundleStore;
  signer: Signer;
  /** Runs the imported models of a graph that is being made. */
  models: { processes: ModelProcesses; limits: ImportLimits };
  clock: Clock;
  /** Ids of the pipeline runs whose candidates are being deployed at this moment. */
  deploying: Set<string>;
  /** Tells the workers that there is a job. */
  wakeWorkers: () => void;
  /** Ends the process of a cancelled job. */
  cancelJob: (jobId: string) => void;
  /** Tells a training job, now or when it runs again, to end its search with the best it has. */
  sayEnough: (jobId: string) => Promise<void>;
  /** Sends rows to an endpoint over HTTP, as a caller would. */
  probe: (endpoint: string, rows: readonly Record<string, unknown>[]) => Promise<ProbeAnswer>;
  /** Addresses as callers outside see them. */
  addresses: {
    console: () => string;
    predict: (endpoint: string) => string;
    infer: (endpoint: string) => string;
  };
  /** A few rows of a bundle's golden set, and what the model must answer. */
  goldenOf: (bundleId: string) => Promise<{ rows: Record<string, unknown>[]; values: (string | number)[] }>;
};

export type ProbeAnswer = { version: number; values: (string | number | null)[]; milliseconds: number };
