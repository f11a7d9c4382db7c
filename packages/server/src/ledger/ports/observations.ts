import type {
  Alert,
  AlertState,
  Label,
  LabelFilter,
  MonitoringRun,
  MonitorReport,
  NewAlert,
  NewLabel,
  NewMonitorReport,
  ReportFilter,
  Resolution,
} from '../model.ts';

/** True values by endpoint and prediction id. Of several for one prediction the last one given counts. */
export interface LabelStore {
  /** Stores thousands in one statement; returns how many predictions were labelled. */
  put(endpoint: string, labels: readonly NewLabel[]): Promise<number>;
  /** By time of observation, oldest first. */
  list(endpoint: string, filter?: LabelFilter): Promise<Label[]>;
  count(endpoint: string): Promise<number>;
}

/** What monitoring found. */
export interface ReportStore {
  add(report: NewMonitorReport): Promise<MonitorReport>;
  latest(endpoint: string, kind: string): Promise<MonitorReport | undefined>;
  /** Newest first; 100 unless told. */
  list(endpoint: string, filter?: ReportFilter): Promise<MonitorReport[]>;
}

/** The last monitoring run of each endpoint, found by the endpoint's name. */
export interface MonitoringRunStore {
  find(endpoint: string): Promise<MonitoringRun | undefined>;
  /** Replaces what is kept of the endpoint. */
  put(run: MonitoringRun): Promise<void>;
  /** Forgets the endpoint's; harmless where there is none. */
  remove(endpoint: string): Promise<void>;
}

/** Alerts, of which one endpoint, key and version have at most one open. */
export interface AlertStore {
  /** Opens the alert, or refreshes the one that is open; `opened` tells which. */
  raise(alert: NewAlert): Promise<{ alert: Alert; opened: boolean }>;
  /** Resolves the open alert of that version and keeps why; undefined when none was open. */
  resolve(endpoint: string, key: string, resolution?: Resolution): Promise<Alert | undefined>;
  /** Newest first; 100 unless told. */
  list(filter?: { endpoint?: string; state?: AlertState; limit?: number }): Promise<Alert[]>;
}
