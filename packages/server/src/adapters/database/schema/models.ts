import { bigint, foreignKey, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { document, moment } from './columns.ts';

export const models = pgTable('models', {
  name: text('name').primaryKey(),
  task: text('task', { enum: ['binary', 'multiclass', 'regression', 'forecast', 'tensor'] }).notNull(),
  target: text('target').notNull(),
  dataset: text('dataset'),
  latestVersion: integer('latest_version').notNull().default(0),
  createdAt: moment('created_at').notNull(),
});

export const modelVersions = pgTable(
  'model_versions',
  {
    model: text('model')
      .notNull()
      .references(() => models.name),
    version: integer('version').notNull(),
    bundleId: text('bundle_id').notNull(),
    runId: text('run_id'),
    datasetVersion: integer('dataset_version'),
    learner: text('learner').notNull(),
    metrics: document('metrics').notNull(),
    primaryMetric: text('primary_metric').notNull(),
    gates: document('gates'),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.model, table.version] })],
);

export const modelAliases = pgTable(
  'model_aliases',
  {
    model: text('model').notNull(),
    alias: text('alias').notNull(),
    version: integer('version').notNull(),
    movedAt: moment('moved_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.model, table.alias] }),
    foreignKey({
      name: 'model_aliases_version',
      columns: [table.model, table.version],
      foreignColumns: [modelVersions.model, modelVersions.version],
    }),
  ],
);

/** What versions were measured to be after they were made. Rows are only ever added. */
export const modelValidations = pgTable(
  'model_validations',
  {
    id: text('id').primaryKey(),
    model: text('model').notNull(),
    version: integer('version').notNull(),
    dataset: text('dataset').notNull(),
    datasetVersion: integer('dataset_version').notNull(),
    by: text('by').notNull(),
    gates: document('gates').notNull(),
    says: text('says').notNull(),
    report: document('report').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    index('model_validations_version').on(table.model, table.version),
    foreignKey({
      name: 'model_validations_model_version',
      columns: [table.model, table.version],
      foreignColumns: [modelVersions.model, modelVersions.version],
    }),
  ],
);
