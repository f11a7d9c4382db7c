import type {
  Alert,
  AlertState,
  Label,
  LabelFilter,
  MonitorReport,
  NewAlert,
  NewLabel,
  NewMonitorReport,
} from '../model.ts';

/** True values by endpoint and prediction id. Of several for one prediction the last one given counts. */
export interface LabelStore {
  /** Stores thousands in one statement; returns how many predictions were labelled. */
  put(endpoint: string, labels: readonly NewLabel[]): Promise<number>;
  /** By time of observation, oldest first. */
  list(endpoint: string, filter?: LabelFilter): Promise<Label[]>;
  /** The same in parts of some thousands, by arrival, oldest first: holds none but the part that is read. */
  pages(endpoint: string, filter?: Omit<LabelFilter, 'limit'>): AsyncIterable<Label[]>;
  count(endpoint: string, filter?: Pick<LabelFilter, 'arrivedSince'>): Promise<number>;
}

/** What monitoring found. */
export interface ReportStore {
  add(report: NewMonitorReport): Promise<MonitorReport>;
  latest(endpoint: string, kind: string): Promise<MonitorReport | undefined>;
  /** Newest first; 100 unless told. */
  list(endpoint: string, options?: { kind?: string; limit?: number }): Promise<MonitorReport[]>;
}

/** Alerts, of which one endpoint and key have at most one open. */
export interface AlertStore {
  /** Opens the alert, or refreshes the one that is open; `opened` tells which. */
  raise(alert: NewAlert): Promise<{ alert: Alert; opened: boolean }>;
  /** Resolves the open alert; undefined when none was open. */
  resolve(endpoint: string, key: string): Promise<Alert | undefined>;
  /** Newest first; 100 unless told. */
  list(filter?: { endpoint?: string; state?: AlertState; limit?: number }): Promise<Alert[]>;
}
