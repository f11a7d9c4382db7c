import { bigint, bigserial, doublePrecision, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const runs = pgTable(
  'runs',
  {
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    id: text('id').primaryKey(),
    pipelineRunId: text('pipeline_run_id'),
    parentRunId: text('parent_run_id'),
    name: text('name').notNull(),
    state: text('state', { enum: ['running', 'done', 'stopped', 'failed'] }).notNull(),
    dataset: text('dataset').notNull(),
    datasetVersion: integer('dataset_version').notNull(),
    target: text('target').notNull(),
    task: text('task', { enum: ['binary', 'multiclass', 'regression', 'forecast'] }).notNull(),
    learner: text('learner'),
    params: document('params').notNull(),
    metrics: document('metrics').notNull(),
    curves: document('curves').notNull(),
    why: text('why'),
    says: text('says'),
    rows: bigint('rows', { mode: 'number' }),
    seconds: doublePrecision('seconds'),
    failure: document('failure'),
    startedAt: moment('started_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('runs_sequence').on(table.sequence),
    index('runs_pipeline_run').on(table.pipelineRunId),
    index('runs_parent').on(table.parentRunId),
  ],
);
