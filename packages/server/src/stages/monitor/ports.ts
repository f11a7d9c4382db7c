import type { AlertStore, LabelStore, ReportStore } from '../../metadata/index.ts';
import type { HeldOut, ReferenceProfile } from '../pack/index.ts';
import type { RowColumns } from '../prepare/index.ts';
import type { CallLogReader, PredictionLogReader } from '../serve/index.ts';
import type { DecisionRule } from '../train/index.ts';
import type { Interval, ReliabilityBin, ValidatedTask } from '../validate/index.ts';

/** The model that answers at an endpoint, and what is known of it since its validation. */
export type MonitoredModel = DecisionRule & {
  name: string;
  version: number;
  /** As the prediction log names it at this endpoint; left out where it is not known. */
  deployment?: string;
  task: ValidatedTask;
  /** Of classification, in the order of the model's outputs. */
  classes: readonly string[];
  profile: ReferenceProfile;
  /** How the values that callers sent are read; as JSON has them where it is not known. */
  columns?: Pick<RowColumns, 'inputs' | 'missingWords'> & Partial<Pick<RowColumns, 'others'>>;
  /** The hold-out with what the model predicted for it, which measures are compared with; null when the bundle keeps none. */
  heldOut?: Pick<HeldOut, 'target' | 'predictions'> | null;
  /** Primary metric on the hold-out, as validation reported it; null when it is not known. */
  holdout: Interval | null;
  /** Validation's reliability table of the hold-out; null when there is none. */
  reliability: readonly ReliabilityBin[] | null;
};

/** Which model an endpoint has. */
export interface MonitoredModels {
  /** The model of the endpoint's current revision, out of its bundle. Throws `endpoint.missing`. */
  current(endpoint: string): Promise<MonitoredModel>;
}

/** What monitoring asks of the world. */
export type MonitorPorts = {
  models: MonitoredModels;
  log: PredictionLogReader;
  /** Left out where calls are not counted: then no refusals are known. */
  calls?: CallLogReader;
  labels: Pick<LabelStore, 'pages'>;
  reports: Pick<ReportStore, 'add' | 'list'>;
  alerts: AlertStore;
  clock: { now(): number };
};
