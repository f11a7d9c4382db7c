import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';

/** The promises of `EndpointStore`. */
export function describeEndpoints(subject: () => DatabaseUnderTest): void {
  describe('endpoints', () => {
    it('makes each revision current in turn and keeps the former ones', async () => {
      const { endpoints } = subject().database.stores;
      await endpoints.create({
        name: 'shop',
        model: 'm',
        target: 't',
        task: 'binary',
        policy: { mode: 'off' },
      });
      expect(await endpoints.current('shop')).toBeUndefined();
      const revision = { modelVersion: 1, bundleId: 'b', spec: null, reason: 'deploy', by: 'me' } as const;
      await endpoints.addRevision('shop', revision, null);
      await endpoints.addRevision('shop', { ...revision, modelVersion: 2, reason: 'promote' }, 1);
      await expect(endpoints.addRevision('shop', revision, 1)).rejects.toMatchObject({
        code: 'endpoint.conflict',
      });
      expect(await endpoints.current('shop')).toMatchObject({ revision: 2, modelVersion: 2 });
      expect((await endpoints.revisions('shop')).map((one) => one.revision)).toEqual([2, 1]);
      expect(await endpoints.setPolicy('shop', { mode: 'auto' })).toMatchObject({ currentRevision: 2 });
      expect((await endpoints.get('shop')).policy).toEqual({ mode: 'auto' });
    });

    it('keeps tokens and revokes them for good', async () => {
      const { endpoints } = subject().database.stores;
      await endpoints.create({ name: 'tokens', model: 'm', target: 't', task: 'binary' });
      const token = await endpoints.addToken({
        ...{ endpoint: 'tokens', name: 'app', prefix: 'p', hash: 'h1' },
        limits: { requestsPerSecond: 5 },
      });
      expect(token.limits).toEqual({ requestsPerSecond: 5 });
      await endpoints.touchToken(token.id);
      const revoked = await endpoints.revokeToken(token.id);
      expect(revoked.revokedAt).not.toBeNull();
      expect(revoked.lastUsedAt).not.toBeNull();
      expect(await endpoints.revokeToken(token.id)).toEqual(revoked);
      expect(await endpoints.tokens('tokens')).toEqual([revoked]);
      await expect(endpoints.revokeToken('no')).rejects.toMatchObject({ code: 'token.missing' });
    });
  });
}
