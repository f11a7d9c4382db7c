import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretFile } from '../adapters/data-folder/index.ts';
import { pgliteUnderTest } from '../adapters/database/pglite-under-test.ts';
import type { DatabaseUnderTest } from '../testing/contracts/database/database-under-test.ts';
import { authenticate, authorize, createKey, ensureOwnerKey, revokeKey, type SecretFile } from './index.ts';

const actor = { who: 'owner', requestId: 'req_1' };
const role = (name: 'viewer' | 'editor') => ({ name: `a ${name}`, grant: { role: name } });

let subject: DatabaseUnderTest;
let scratch: string;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  scratch = await mkdtemp(join(tmpdir(), 'slipway-keys-'));
}, 120_000);
afterAll(async () => {
  await subject.dispose();
  await rm(scratch, { recursive: true, force: true });
});

describe('a key', () => {
  it('lets its holder do what its role may, and nothing else', async () => {
    const { secret, key } = await createKey(subject.database, actor, role('viewer'));
    const principal = await authenticate(subject.database.stores.keys, secret);
    expect(principal).toMatchObject({ keyId: key.id, name: 'a viewer', role: 'viewer' });
    authorize(principal, 'models:read');
    expect(() => authorize(principal, 'pipelines:write')).toThrow(
      expect.objectContaining({ code: 'access.forbidden', details: { permission: 'pipelines:write' } }),
    );
  });

  it('is kept as a hash, and its making is written down without the secret', async () => {
    const { secret, key } = await createKey(subject.database, actor, role('editor'));
    const kept = JSON.stringify([
      await subject.database.stores.keys.list(),
      await subject.database.stores.audit.list(),
    ]);
    expect(kept).not.toContain(secret);
    const [entry] = await subject.database.stores.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ who: 'owner', what: 'keys.create', subject: key.id, requestId: 'req_1' });
  });

  it('that is the last one to make keys cannot be revoked, also not when two revoke each other at once', async () => {
    const { keys } = subject.database.stores;
    for (const { id, grant } of await keys.list())
      if (grant.role === 'owner' || grant.role === 'admin') await keys.revoke(id);
    const one = await createKey(subject.database, actor, { name: 'one', grant: { role: 'owner' } });
    await createKey(subject.database, actor, role('editor'));
    const expiresAt = '2020-01-01T00:00:00.000Z';
    await createKey(subject.database, actor, { name: 'old', grant: { role: 'owner' }, expiresAt });
    await expect(revokeKey(subject.database, actor, one.key.id)).rejects.toMatchObject({ code: 'key.last' });
    await authenticate(keys, one.secret);
    const other = await createKey(subject.database, actor, { name: 'other', grant: { role: 'admin' } });
    const both = [one, other].map(({ key }) => revokeKey(subject.database, actor, key.id));
    const ended = await Promise.allSettled(both);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('stops working when it is revoked or expires', async () => {
    const { keys } = subject.database.stores;
    const revoked = await createKey(subject.database, actor, role('viewer'));
    await revokeKey(subject.database, actor, revoked.key.id);
    await expect(authenticate(keys, revoked.secret)).rejects.toMatchObject({
      code: 'access.unauthenticated',
    });
    const expiresAt = '2030-01-01T00:00:00.000Z';
    const expiring = await createKey(subject.database, actor, { ...role('viewer'), expiresAt });
    const at = (time: string) => ({ now: () => Date.parse(time), monotonic: () => 0 });
    await authenticate(keys, expiring.secret, at('2029-12-31T23:59:59.999Z'));
    await expect(authenticate(keys, expiring.secret, at(expiresAt))).rejects.toMatchObject({
      code: 'access.unauthenticated',
    });
  });

  it('that nobody made opens nothing', async () => {
    for (const bearer of [undefined, '', 'slip_', 'slip_guess', `slip_${'a'.repeat(1_000_000)}`]) {
      await expect(authenticate(subject.database.stores.keys, bearer)).rejects.toMatchObject({
        code: 'access.unauthenticated',
      });
    }
  });
});

describe('the owner key', () => {
  const owns = async (secret: string) =>
    (await authenticate(subject.database.stores.keys, secret)).permissions.has('keys:write');

  it('is made once and found again', async () => {
    const file = secretFile(join(scratch, 'first.key'));
    const first = await ensureOwnerKey(subject.database, file);
    expect(first.made).toBe(true);
    expect(await owns(first.secret)).toBe(true);
    expect(await ensureOwnerKey(subject.database, file)).toEqual({ secret: first.secret, made: false });
  });

  it('works after a crash between the file and the database', async () => {
    const file = secretFile(join(scratch, 'crash.key'));
    const crashing: SecretFile = {
      read: () => file.read(),
      async write(secret) {
        await file.write(secret);
        throw new Error('the power went');
      },
    };
    await expect(ensureOwnerKey(subject.database, crashing)).rejects.toThrow('the power went');
    const { secret } = await ensureOwnerKey(subject.database, file);
    expect(secret).toBe(await file.read());
    expect(await owns(secret)).toBe(true);
  });

  it('is replaced when it was revoked', async () => {
    const file = secretFile(join(scratch, 'revoked.key'));
    const { secret } = await ensureOwnerKey(subject.database, file);
    const { keyId } = await authenticate(subject.database.stores.keys, secret);
    await revokeKey(subject.database, actor, keyId);
    const next = await ensureOwnerKey(subject.database, file);
    expect(next).toMatchObject({ made: true });
    expect(next.secret).not.toBe(secret);
    expect(await owns(next.secret)).toBe(true);
  });
});
