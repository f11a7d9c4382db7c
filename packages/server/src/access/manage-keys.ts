import { fail } from '@slipway/contract';
import { type Clock, systemClock } from '../kernel/index.ts';
import { type ApiKey, type Grant, grantedPermissions, isLive } from './model.ts';
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

/**
 * Revokes a key and writes that down, in one transaction. Throws `key.missing`, and `key.last` for the last one that may make
 * keys: nobody could let anybody in then.
 */
export function revokeKey(
  database: AccessDatabase,
  actor: Actor,
  id: string,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<ApiKey> {
  return database.transaction(async ({ keys, audit }) => {
    const all = await keys.list();
    const name = all.find((key) => key.id === id)?.name ?? null;
    // First, since it waits for other transactions that append: of two keys that revoke each other one must stay.
    await audit.append({ ...actor, what: 'keys.revoke', subject: id, details: { name } });
    const live = (await keys.list()).filter((key) => isLive(key, clock.now()) && mayMakeKeys(key));
    if (live.length === 1 && live[0]!.id === id) throw fail('key.last', { id });
    return keys.revoke(id);
  });
}

function mayMakeKeys({ grant }: ApiKey): boolean {
  return grantedPermissions(grant).has('keys:write');
}
