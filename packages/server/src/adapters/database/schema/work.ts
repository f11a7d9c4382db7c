import { sql } from 'drizzle-orm';
import { bigserial, index, integer, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const jobs = pgTable(
  'jobs',
  {
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    id: text('id').primaryKey(),
    key: text('key'),
    kind: text('kind').notNull(),
    state: text('state', { enum: ['queued', 'running', 'done', 'failed', 'cancelled'] }).notNull(),
    input: document('input'),
    output: document('output'),
    failure: document('failure'),
    progress: document('progress'),
    pipelineRunId: text('pipeline_run_id'),
    attempts: integer('attempts').notNull().default(0),
    maxAttempts: integer('max_attempts').notNull(),
    token: integer('token').notNull().default(0),
    instance: text('instance'),
    worker: text('worker'),
    leaseEndsAt: moment('lease_ends_at'),
    createdAt: moment('created_at').notNull(),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (table) => [
    unique('jobs_key').on(table.key),
    index('jobs_sequence').on(table.sequence),
    index('jobs_queued').on(table.kind, table.sequence).where(sql`state = 'queued'`),
    index('jobs_running').on(table.leaseEndsAt).where(sql`state = 'running'`),
    index('jobs_pipeline_run').on(table.pipelineRunId),
  ],
);

export const pipelineRuns = pgTable(
  'pipeline_runs',
  {
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['ship', 'train', 'retrain'] }).notNull(),
    state: text('state', { enum: ['running', 'done', 'failed', 'cancelled', 'refused'] }).notNull(),
    request: document('request'),
    stages: document('stages').notNull(),
    result: document('result'),
    failure: document('failure'),
    changes: integer('changes').notNull().default(0),
    createdAt: moment('created_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('pipeline_runs_sequence').on(table.sequence),
    index('pipeline_runs_name').on(table.name),
    uniqueIndex('pipeline_runs_running').on(table.name).where(sql`state = 'running'`),
  ],
);
