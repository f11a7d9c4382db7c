import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const labelQueues = pgTable('label_queues', {
  sequence: bigserial('sequence', { mode: 'number' }).notNull(),
  id: text('id').primaryKey(),
  dataset: text('dataset').notNull(),
  version: integer('version').notNull(),
  manifestId: text('manifest_id').notNull(),
  target: text('target').notNull(),
  type: text('type', { enum: ['string', 'number', 'boolean'] }).notNull(),
  choices: document('choices'),
  /** How the dataset reads text of the target; null where it lacks the column. */
  reading: document('reading'),
  consensus: text('consensus', { enum: ['majority', 'median'] }).notNull(),
  overlap: integer('overlap').notNull(),
  leaseSeconds: integer('lease_seconds').notNull(),
  orderedBy: document('ordered_by'),
  relabel: boolean('relabel').notNull(),
  state: text('state', { enum: ['open', 'closed'] }).notNull(),
  applied: document('applied'),
  openedBy: text('opened_by').notNull(),
  createdAt: moment('created_at').notNull(),
});

export const labelTasks = pgTable(
  'label_tasks',
  {
    id: text('id').primaryKey(),
    queueId: text('queue_id')
      .notNull()
      .references(() => labelQueues.id),
    row: integer('row').notNull(),
    values: document('values').notNull(),
    priority: doublePrecision('priority').notNull(),
    /** Answers that are still to come. */
    wanted: integer('wanted').notNull(),
  },
  (table) => [
    unique('label_tasks_row').on(table.queueId, table.row),
    index('label_tasks_wanted').on(table.queueId, table.priority.desc(), table.row).where(sql`wanted > 0`),
  ],
);

/** A person holds one task of a queue at a time. */
export const labelLeases = pgTable(
  'label_leases',
  {
    queueId: text('queue_id').notNull(),
    person: text('person').notNull(),
    taskId: text('task_id')
      .notNull()
      .references(() => labelTasks.id),
    endsAt: moment('ends_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.queueId, table.person] }),
    index('label_leases_task').on(table.taskId),
  ],
);

export const labelSubmissions = pgTable(
  'label_submissions',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    queueId: text('queue_id').notNull(),
    taskId: text('task_id')
      .notNull()
      .references(() => labelTasks.id),
    person: text('person').notNull(),
    personName: text('person_name').notNull(),
    value: text('value'),
    reason: text('reason'),
    at: moment('at').notNull(),
  },
  (table) => [
    unique('label_submissions_once').on(table.taskId, table.person),
    index('label_submissions_queue').on(table.queueId, table.sequence),
  ],
);

/** What a reviewer decided of a task; of several decisions the last one counts. */
export const labelReviews = pgTable(
  'label_reviews',
  {
    taskId: text('task_id')
      .primaryKey()
      .references(() => labelTasks.id),
    queueId: text('queue_id').notNull(),
    reviewer: text('reviewer').notNull(),
    reviewerName: text('reviewer_name').notNull(),
    /** Null leaves the row without a label. */
    value: text('value'),
    at: moment('at').notNull(),
  },
  (table) => [index('label_reviews_queue').on(table.queueId)],
);
