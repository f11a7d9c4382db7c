import type { Database, NewModelVersion, NewRun } from '../../../metadata/index.ts';

export const version: NewModelVersion = {
  bundleId: 'b'.repeat(64),
  runId: null,
  datasetVersion: 1,
  learner: 'boosted-trees',
  metrics: { auc: 0.9 },
  primaryMetric: 'auc',
  gates: [],
  bytes: 10,
};

export const run: NewRun = { name: 'a run', dataset: 'd', datasetVersion: 1, target: 't', task: 'binary' };

/** A model with so many versions. */
export async function modelWith(database: Database, name: string, versions: number): Promise<void> {
  await database.stores.models.ensure({ name, task: 'binary', target: 't', dataset: 'd' });
  for (let i = 0; i < versions; i++) await database.stores.models.addVersion(name, version);
}
