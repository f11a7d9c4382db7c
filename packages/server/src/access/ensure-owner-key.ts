import type { AccessDatabase, SecretFile } from './ports.ts';
import { hashSecret, newSecret, shownPart } from './secret.ts';

/**
 * Makes sure that the key in the owner file works, and makes one when there is none: whoever can read the data
 * folder owns the platform. The file is written first, so a crash in between leaves a key that the next start
 * registers. Returns the secret; never log it.
 */
export async function ensureOwnerKey(
  database: AccessDatabase,
  file: SecretFile,
): Promise<{ secret: string; made: boolean }> {
  const kept = await file.read();
  if (kept !== undefined) {
    const known = await database.stores.keys.byHash(hashSecret(kept));
    if (known && known.revokedAt === null) return { secret: kept, made: false };
    if (!known) return register(database, kept);
  }
  const { secret } = newSecret();
  await file.write(secret);
  return register(database, secret);
}

async function register(database: AccessDatabase, secret: string): Promise<{ secret: string; made: true }> {
  await database.transaction(async ({ keys, audit }) => {
    const key = await keys.add({
      name: 'owner',
      grant: { role: 'owner' },
      prefix: shownPart(secret),
      hash: hashSecret(secret),
      expiresAt: null,
    });
    await audit.append({ who: 'slipway', what: 'keys.create', subject: key.id, details: { name: 'owner' } });
  });
  return { secret, made: true };
}
