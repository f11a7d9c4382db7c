import { fail } from '@slipway/contract';
import { and, asc, eq, sql as statement } from 'drizzle-orm';
import type { Dataset, DatasetStore, DatasetVersion, NewDatasetVersion } from '../../../metadata/index.ts';
import { datasets, datasetVersions } from '../schema/index.ts';
import { iso, now, rowsOf, type Session, type Sql } from '../session.ts';

export function datasetStore(session: Session): DatasetStore {
  const { sql } = session;
  const store: DatasetStore = {
    async create(name) {
      const [row] = await sql
        .insert(datasets)
        .values({ name, createdAt: now(session) })
        .onConflictDoNothing()
        .returning();
      if (!row) throw fail('dataset.exists', { name });
      return datasetOf(row);
    },
    async find(name) {
      const [row] = await sql.select().from(datasets).where(eq(datasets.name, name));
      return row && datasetOf(row);
    },
    async get(name) {
      const found = await store.find(name);
      if (!found) throw fail('dataset.missing', { name });
      return found;
    },
    async list() {
      return (await sql.select().from(datasets).orderBy(asc(datasets.name))).map(datasetOf);
    },
    addVersion(name, version) {
      return sql.transaction((tx) => addVersion(tx, name, version, now(session)));
    },
    async version(name, version) {
      const dataset = await store.get(name);
      const wanted = version ?? dataset.latestVersion;
      const [row] = await sql
        .select()
        .from(datasetVersions)
        .where(and(eq(datasetVersions.dataset, name), eq(datasetVersions.version, wanted)));
      if (!row) throw fail('dataset.version-missing', { name, version: wanted });
      return versionOf(row);
    },
    async versions(name) {
      await store.get(name);
      const rows = await sql
        .select()
        .from(datasetVersions)
        .where(eq(datasetVersions.dataset, name))
        .orderBy(asc(datasetVersions.version));
      return rows.map(versionOf);
    },
    async segmentHashes() {
      const rows = await rowsOf<{ sha256: string }>(
        sql,
        statement`select distinct segment->>'sha256' as sha256
          from ${datasetVersions}, json_array_elements(manifest->'segments') as segment`,
      );
      return new Set(rows.map((row) => row.sha256));
    },
  };
  return store;
}

/** The dataset's row is locked first, so additions come one after the other. */
async function addVersion(
  tx: Sql,
  name: string,
  { manifestId, manifest, profile }: NewDatasetVersion,
  createdAt: Date,
): Promise<DatasetVersion> {
  const [dataset] = await tx.select().from(datasets).where(eq(datasets.name, name)).for('no key update');
  if (!dataset) throw fail('dataset.missing', { name });
  const [same] = await tx
    .select()
    .from(datasetVersions)
    .where(and(eq(datasetVersions.dataset, name), eq(datasetVersions.manifestId, manifestId)));
  if (same) return versionOf(same);
  const row = { dataset: name, version: dataset.latestVersion + 1, manifestId, manifest, profile, createdAt };
  await tx.insert(datasetVersions).values(row);
  await tx.update(datasets).set({ latestVersion: row.version }).where(eq(datasets.name, name));
  return versionOf(row);
}

function datasetOf(row: typeof datasets.$inferSelect): Dataset {
  return { ...row, createdAt: iso(row.createdAt) };
}

function versionOf(row: typeof datasetVersions.$inferSelect): DatasetVersion {
  return {
    ...row,
    manifest: row.manifest as DatasetVersion['manifest'],
    profile: row.profile as DatasetVersion['profile'],
    createdAt: iso(row.createdAt),
  };
}
