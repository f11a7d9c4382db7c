import { fail } from '@slipway/contract';
import { and, asc, desc, eq } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type {
  AliasMove,
  Model,
  ModelRegistry,
  ModelValidation,
  ModelVersion,
} from '../../../metadata/index.ts';
import { modelAliases, models, modelValidations, modelVersions } from '../schema/index.ts';
import { finite, iso, now, type Session, type Sql } from '../session.ts';

export function modelRegistry(session: Session): ModelRegistry {
  const { sql } = session;
  const registry: ModelRegistry = {
    async ensure(model) {
      const values = { ...model, createdAt: now(session) };
      const [row] = await sql.insert(models).values(values).onConflictDoNothing().returning();
      return row ? modelOf(row) : registry.get(model.name);
    },
    async find(name) {
      const [row] = await sql.select().from(models).where(eq(models.name, name));
      return row && modelOf(row);
    },
    async get(name) {
      const found = await registry.find(name);
      if (!found) throw fail('model.missing', { name });
      return found;
    },
    async list() {
      return (await sql.select().from(models).orderBy(asc(models.name))).map(modelOf);
    },
    addVersion(name, version) {
      return sql.transaction(async (tx) => {
        const { latestVersion } = await lockModel(tx, name);
        const metrics = finite(version.metrics);
        const values = {
          ...version,
          metrics,
          model: name,
          version: latestVersion + 1,
          createdAt: now(session),
        };
        const [row] = await tx.insert(modelVersions).values(values).returning();
        await tx.update(models).set({ latestVersion: values.version }).where(eq(models.name, name));
        return versionOf(row!);
      });
    },
    async version(name, version) {
      const model = await registry.get(name);
      const wanted = version ?? model.latestVersion;
      const [row] = await sql.select().from(modelVersions).where(isVersion(name, wanted));
      if (!row) throw fail('model.version-missing', { name, version: wanted });
      return versionOf(row);
    },
    async versions(name) {
      await registry.get(name);
      const rows = await sql
        .select()
        .from(modelVersions)
        .where(eq(modelVersions.model, name))
        .orderBy(desc(modelVersions.version));
      return rows.map(versionOf);
    },
    async addValidation(validation) {
      const { model, version } = validation;
      await registry.version(model, version);
      const values = {
        ...validation,
        id: newId('val', session.clock.now()),
        createdAt: now(session),
      };
      const [row] = await sql.insert(modelValidations).values(values).returning();
      return validationOf(row!);
    },
    async validations(name, version) {
      const rows = await sql
        .select()
        .from(modelValidations)
        .where(
          and(
            eq(modelValidations.model, name),
            version === undefined ? undefined : eq(modelValidations.version, version),
          ),
        )
        .orderBy(desc(modelValidations.createdAt), desc(modelValidations.id));
      return rows.map(validationOf);
    },
    async aliased(name, alias) {
      const [row] = await sql
        .select({ version: modelVersions })
        .from(modelAliases)
        .innerJoin(
          modelVersions,
          and(eq(modelVersions.model, modelAliases.model), eq(modelVersions.version, modelAliases.version)),
        )
        .where(isAlias(name, alias));
      return row && versionOf(row.version);
    },
    async aliases(name) {
      const rows = await sql
        .select()
        .from(modelAliases)
        .where(eq(modelAliases.model, name))
        .orderBy(asc(modelAliases.alias));
      return rows.map((row) => ({ ...row, movedAt: iso(row.movedAt) }));
    },
    moveAlias(name, alias, version, expected) {
      return sql.transaction((tx) =>
        moveAlias(tx, { name, alias, version, expected, movedAt: now(session) }),
      );
    },
    async bundleIds() {
      const rows = await sql.selectDistinct({ id: modelVersions.bundleId }).from(modelVersions);
      return new Set(rows.map((row) => row.id));
    },
  };
  return registry;
}

type Move = { name: string; alias: string; version: number; expected?: number | null; movedAt: Date };

/** The model's row is locked first, so moves come one after the other, a first move too. */
async function moveAlias(tx: Sql, { name, alias, version, expected, movedAt }: Move): Promise<AliasMove> {
  await lockModel(tx, name);
  const [target] = await tx.select().from(modelVersions).where(isVersion(name, version));
  if (!target) throw fail('model.version-missing', { name, version });
  const [held] = await tx.select().from(modelAliases).where(isAlias(name, alias));
  const from = held?.version ?? null;
  if (expected !== undefined && expected !== from) {
    throw fail('alias.conflict', { name, alias, found: from, expected });
  }
  await tx
    .insert(modelAliases)
    .values({ model: name, alias, version, movedAt })
    .onConflictDoUpdate({ target: [modelAliases.model, modelAliases.alias], set: { version, movedAt } });
  return { from, to: version };
}

async function lockModel(tx: Sql, name: string): Promise<typeof models.$inferSelect> {
  const [row] = await tx.select().from(models).where(eq(models.name, name)).for('no key update');
  if (!row) throw fail('model.missing', { name });
  return row;
}

function isVersion(name: string, version: number) {
  return and(eq(modelVersions.model, name), eq(modelVersions.version, version));
}

function isAlias(name: string, alias: string) {
  return and(eq(modelAliases.model, name), eq(modelAliases.alias, alias));
}

function modelOf(row: typeof models.$inferSelect): Model {
  return { ...row, createdAt: iso(row.createdAt) };
}

function versionOf(row: typeof modelVersions.$inferSelect): ModelVersion {
  return { ...row, metrics: row.metrics as ModelVersion['metrics'], createdAt: iso(row.createdAt) };
}

function validationOf(row: typeof modelValidations.$inferSelect): ModelValidation {
  return { ...row, createdAt: iso(row.createdAt) };
}
