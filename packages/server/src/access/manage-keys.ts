import type { ApiKey, Grant } from './model.ts';
import type { AccessDatabase } from './ports.ts';
import { newSecret } from './secret.ts';

/** On whose behalf a change is made, for the audit log. */
export type Actor = { who: string; requestId?: string };

export type KeyRequest = {
  name: string;
  grant: Grant;
  /** UTC ISO 8601; never when null or left out. */
  expiresAt?: string | null;
};

/** Makes a key and its audit entry in one transaction. The secret is returned this once and kept nowhere. */
export async function createKey(
  database: AccessDatabase,
  actor: Actor,
  request: KeyRequest,
): Promise<{ key: ApiKey; secret: string }> {
  const { secret, prefix, hash } = newSecret();
  const { name, grant, expiresAt = null } = request;
  const key = await database.transaction(async ({ keys, audit }) => {
    const added = await keys.add({ name, grant, prefix, hash, expiresAt });
    await audit.append({
      ...actor,
      what: 'keys.create',
      subject: added.id,
      details: { name, grant, expiresAt },
    });
    return added;
  });
  return { key, secret };
}

/** Revokes a key and writes that down, in one transaction. Throws `key.missing`. */
export function revokeKey(database: AccessDatabase, actor: Actor, id: string): Promise<ApiKey> {
  return database.transaction(async ({ keys, audit }) => {
    const key = await keys.revoke(id);
    await audit.append({ ...actor, what: 'keys.revoke', subject: id, details: { name: key.name } });
    return key;
  });
}
