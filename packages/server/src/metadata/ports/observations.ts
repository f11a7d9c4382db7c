import type {
  Alert,
  AlertState,
  Label,
  LabelFilter,
  LabelledRow,
  LabelsPut,
  MonitoringRun,
  MonitorReport,
  NewAlert,
  NewLabel,
  NewMonitorReport,
  PendingFilter,
  PendingLabel,
  ReportFilter,
  Resolution,
} from '../model.ts';

/** True values by endpoint and prediction id. Of several for one prediction the last one given counts. */
export interface LabelStore {
  /**
   * Stores thousands in one statement. A label that says what was known already changes neither of its moments; one that
   * says otherwise arrives now, by the clock of the database's session.
   */
  put(endpoint: string, labels: readonly NewLabel[]): Promise<LabelsPut>;
  /** By time of observation, oldest first. */
  list(endpoint: string, filter?: LabelFilter): Promise<Label[]>;
  /** The same in parts of some thousands, by arrival, oldest first: holds none but the part that is read. */
  pages(endpoint: string, filter?: Omit<LabelFilter, 'limit'>): AsyncIterable<Label[]>;
  count(endpoint: string, filter?: Pick<LabelFilter, 'arrivedSince'>): Promise<number>;
}

/** Which labelled predictions are rows of which dataset version. */
export interface LabelledRowStore {
  /** Notes rows that a version took in, or whose label it changed; harmless the second time. */
  record(
    place: { dataset: string; endpoint: string; version: number },
    rows: readonly LabelledRow[],
  ): Promise<void>;
  /**
   * Labels that the dataset has not taken in, in parts by arrival: those of predictions that no version ever held, and those
   * that differ from the label the prediction was last taken in with. A label whose row was rolled back is not among them
   * until it changes.
   */
  pending(filter: PendingFilter): AsyncIterable<PendingLabel[]>;
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
