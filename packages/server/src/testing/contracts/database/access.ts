import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';

/** The promises of `KeyStore` and `AuditLog`. */
export function describeAccess(subject: () => DatabaseUnderTest): void {
  describe('keys', () => {
    it('finds a key by its hash and revokes it for good', async () => {
      const { keys } = subject().database.stores;
      const key = await keys.add({
        name: 'ci',
        grant: { role: 'custom', permissions: ['datasets:read'] },
        prefix: 'slip_abc',
        hash: 'hash of ci',
        expiresAt: '2030-01-01T00:00:00.000Z',
      });
      expect(await keys.byHash('hash of ci')).toEqual(key);
      await keys.touch(key.id);
      expect((await keys.byHash('hash of ci'))?.lastUsedAt).not.toBeNull();
      expect((await keys.revoke(key.id)).revokedAt).not.toBeNull();
      await expect(keys.revoke('no')).rejects.toMatchObject({ code: 'key.missing' });
    });
  });

  describe('values that PostgreSQL cannot hold', () => {
    it('refuses NUL in text as a mistake of the caller', async () => {
      await expect(subject().database.stores.datasets.create('a\0b')).rejects.toMatchObject({
        code: 'request.invalid',
      });
      await expect(
        subject().database.stores.labels.put('e', [{ predictionId: 'p', value: 'a\0b' }]),
      ).rejects.toMatchObject({ code: 'request.invalid' });
    });

    it('still writes such text down in the audit log', async () => {
      const entry = await subject().database.stores.audit.append({
        who: 'a\0b',
        what: 'w',
        subject: '\ud800',
      });
      expect(entry.who).toBe('a\ufffdb');
      expect(await subject().database.stores.audit.verify()).toMatchObject({ holds: true });
    });
  });

  describe('the audit log', () => {
    it('stays one line under parallel writers', async () => {
      const { audit } = subject().database.stores;
      await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          audit.append({ who: `w${i}`, what: 'x', subject: 's', details: { i } }),
        ),
      );
      expect(await audit.verify()).toMatchObject({ holds: true });
    });

    it('refuses to change or remove an entry', async () => {
      await expect(subject().tamper(`update audit_entries set who = 'nobody'`)).rejects.toThrow(
        /append-only/,
      );
      await expect(subject().tamper('delete from audit_entries')).rejects.toThrow(/append-only/);
      await expect(subject().tamper('truncate audit_entries')).rejects.toThrow(/append-only/);
    });

    it('names the first entry that was edited behind its back, and shows a cut end by its anchor', async () => {
      const head = await subject().database.stores.audit.append({ who: 'me', what: 'last', subject: 's' });
      const verify = (anchor?: typeof head) => subject().database.stores.audit.verify(anchor);
      const edit = (statement: string) =>
        subject().tamper(`alter table audit_entries disable trigger all; ${statement};
          alter table audit_entries enable trigger all`);

      await edit(`update audit_entries set who = 'x' || who where sequence = 5`);
      expect(await verify()).toMatchObject({ holds: false, entries: 4, brokenAt: 5 });
      await edit('update audit_entries set who = substr(who, 2) where sequence = 5');
      expect(await verify(head)).toMatchObject({ holds: true, entries: head.sequence });
      await edit(`delete from audit_entries where sequence = ${head.sequence}`);
      expect(await verify()).toMatchObject({ holds: true });
      expect(await verify(head)).toMatchObject({ holds: false, brokenAt: head.sequence });
      await edit('delete from audit_entries where sequence = 3');
      expect(await verify()).toMatchObject({ holds: false, brokenAt: 4 });
    });
  });
}
