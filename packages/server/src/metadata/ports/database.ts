import type { AuditLog, KeyStore } from '../../access/index.ts';
import type { JobQueue, PipelineRunStore } from '../../execution/index.ts';
import type { DatasetStore, UploadStore } from './catalogue.ts';
import type { EndpointStore } from './endpoints.ts';
import type { LabellingStore } from './labelling.ts';
import type { ModelRegistry } from './models.ts';
import type {
  AlertStore,
  LabelledRowStore,
  LabelStore,
  MonitoringRunStore,
  ReportStore,
} from './observations.ts';
import type { Outbox } from './outbox.ts';
import type { RolloutStore } from './rollouts.ts';
import type { RunStore } from './runs.ts';

/** Everything that is kept as rows. */
export type Stores = {
  uploads: UploadStore;
  datasets: DatasetStore;
  runs: RunStore;
  models: ModelRegistry;
  endpoints: EndpointStore;
  rollouts: RolloutStore;
  labels: LabelStore;
  labelledRows: LabelledRowStore;
  labelling: LabellingStore;
  reports: ReportStore;
  monitoringRuns: MonitoringRunStore;
  alerts: AlertStore;
  outbox: Outbox;
  audit: AuditLog;
  keys: KeyStore;
  jobs: JobQueue;
  pipelineRuns: PipelineRunStore;
};

/**
 * The database. A call that resolved is on the disk. Any call may throw `storage.full`, after which nothing of it
 * is kept and reading goes on.
 */
export interface Database {
  /** Each call is a transaction of its own. */
  readonly stores: Stores;
  /**
   * Runs `work` in one transaction: all of it is kept, or, when it throws, none. Use only the stores it is given,
   * and do nothing slow inside: on the embedded database everybody else waits. It is never run twice.
   */
  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T>;
  /** Waits for what is under way, then closes. Harmless the second time. */
  close(): Promise<void>;
}
