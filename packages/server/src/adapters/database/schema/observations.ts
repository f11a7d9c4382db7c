import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const labels = pgTable(
  'labels',
  {
    endpoint: text('endpoint').notNull(),
    predictionId: text('prediction_id').notNull(),
    value: text('value').notNull(),
    observedAt: moment('observed_at').notNull(),
    /** By the control plane's clock; when the present value came in. */
    arrivedAt: moment('arrived_at').notNull(),
    source: text('source').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpoint, table.predictionId] }),
    index('labels_observed').on(table.endpoint, table.observedAt),
    index('labels_arrived').on(table.endpoint, table.arrivedAt, table.predictionId),
  ],
);

/** Which labelled predictions are rows of a dataset, and with which label a version took them in. */
export const labelledRows = pgTable(
  'labelled_rows',
  {
    dataset: text('dataset').notNull(),
    endpoint: text('endpoint').notNull(),
    predictionId: text('prediction_id').notNull(),
    version: integer('version').notNull(),
    /** Index of the row in the version, and in those that follow it. */
    row: integer('row').notNull(),
    value: text('value').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.dataset, table.endpoint, table.predictionId, table.version] }),
    index('labelled_rows_version').on(table.dataset, table.version),
  ],
);

export const monitorReports = pgTable(
  'monitor_reports',
  {
    id: text('id').primaryKey(),
    endpoint: text('endpoint').notNull(),
    kind: text('kind').notNull(),
    windowStart: moment('window_start').notNull(),
    windowEnd: moment('window_end').notNull(),
    /** Which model answered as which endpoint; null of reports from before this was known. */
    deployment: text('deployment'),
    report: document('report'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('monitor_reports_endpoint').on(table.endpoint, table.kind, table.createdAt),
    index('monitor_reports_window').on(table.endpoint, table.kind, table.windowEnd),
  ],
);

/** The last monitoring run of each endpoint, so that the schedule finds it by its key. */
export const monitoringRuns = pgTable('monitoring_runs', {
  endpoint: text('endpoint').primaryKey(),
  /** Null where a run could not even be queued. */
  jobId: text('job_id'),
  startedAt: moment('started_at').notNull(),
  endedAt: moment('ended_at'),
  outcome: text('outcome', { enum: ['running', 'reported', 'idle', 'failed'] }).notNull(),
  /** Failures in a row up to this run. */
  failures: integer('failures').notNull(),
});

export const alerts = pgTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    endpoint: text('endpoint').notNull(),
    key: text('key').notNull(),
    /** The model version that the alert is about; 0 where it is about the endpoint, since a null is never a duplicate. */
    version: integer('version').notNull().default(0),
    state: text('state', { enum: ['open', 'resolved'] }).notNull(),
    severity: text('severity', { enum: ['note', 'warning', 'critical'] }).notNull(),
    message: text('message').notNull(),
    evidence: document('evidence'),
    times: integer('times').notNull().default(1),
    firstSeenAt: moment('first_seen_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    resolvedAt: moment('resolved_at'),
    /** Why it was closed; null while it is open. */
    resolution: text('resolution'),
  },
  (table) => [
    uniqueIndex('alerts_open').on(table.endpoint, table.key, table.version).where(sql`state = 'open'`),
    index('alerts_last_seen').on(table.lastSeenAt),
  ],
);
