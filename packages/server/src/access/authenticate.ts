import { fail, type Permission } from '@slipway/contract';
import { type Clock, systemClock } from '../kernel/index.ts';
import { Denied } from './denied.ts';
import { type ApiKey, grantedPermissions, isLive, type Principal } from './model.ts';
import type { KeyStore } from './ports.ts';
import { hashSecret } from './secret.ts';

/**
 * Who the bearer secret belongs to. Throws `access.unauthenticated` for a key that is unknown, expired or revoked,
 * without telling which. Looking a hash up leaks nothing about the secret through timing.
 */
export async function authenticate(
  keys: KeyStore,
  bearer: string | undefined,
  clock: Clock = systemClock,
): Promise<Principal> {
  const key = bearer ? await keys.byHash(hashSecret(bearer)) : undefined;
  if (!key)
    throw fail('access.unauthenticated', {}, bearer ? { cause: new Denied('access.unknown-key', {}) } : {});
  if (!isLive(key, clock.now())) throw fail('access.unauthenticated', {}, { cause: ofDeadKey(key) });
  await keys.touch(key.id);
  return { keyId: key.id, name: key.name, role: key.grant.role, permissions: grantedPermissions(key.grant) };
}

/** Throws `access.forbidden` unless the principal has the permission. */
export function authorize(principal: Principal, permission: Permission): void {
  if (!principal.permissions.has(permission)) throw fail('access.forbidden', { permission });
}

function ofDeadKey({ id, revokedAt }: ApiKey): Denied {
  return new Denied(revokedAt === null ? 'access.expired-key' : 'access.revoked-key', { key: id });
}
