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

    it('keeps its monitoring schedule, none at first', async () => {
      const { endpoints } = subject().database.stores;
      expect(
        await endpoints.create({ name: 'looked-at', model: 'm', target: 't', task: 'binary' }),
      ).toMatchObject({ monitoring: null });
      const monitoring = { enabled: false, everyMinutes: 30 };
      expect(await endpoints.setMonitoring('looked-at', monitoring)).toMatchObject({ monitoring });
      expect((await endpoints.get('looked-at')).monitoring).toEqual(monitoring);
      await expect(endpoints.setMonitoring('no', null)).rejects.toMatchObject({ code: 'endpoint.missing' });
    });

    it('remembers since when one is paused, and what a revision declares', async () => {
      const { endpoints } = subject().database.stores;
      await endpoints.create({ name: 'breaks', model: 'm', target: 't', task: 'binary' });
      const { pausedAt } = await endpoints.setPaused('breaks', true);
      expect(pausedAt).not.toBeNull();
      expect((await endpoints.setPaused('breaks', true)).pausedAt).toBe(pausedAt);
      expect((await endpoints.setPaused('breaks', false)).pausedAt).toBeNull();
      await expect(endpoints.setPaused('no', true)).rejects.toMatchObject({ code: 'endpoint.missing' });
      const spec = { versions: { 'm@1': 1 } };
      await endpoints.addRevision('breaks', {
        modelVersion: 1,
        bundleId: 'b',
        spec,
        reason: 'set',
        by: 'me',
      });
      expect(await endpoints.current('breaks')).toMatchObject({ spec, reason: 'set' });
    });

    it('has at most one open rollout of an endpoint, and never changes one that ended', async () => {
      const { endpoints, rollouts } = subject().database.stores;
      await endpoints.create({ name: 'steps', model: 'm', target: 't', task: 'binary' });
      const begun = await rollouts.open('steps', { step: 0 });
      expect(begun).toMatchObject({ state: 'running', document: { step: 0 }, endedAt: null });
      await expect(rollouts.open('steps', {})).rejects.toMatchObject({ code: 'endpoint.conflict' });
      await expect(rollouts.open('no', {})).rejects.toMatchObject({ code: 'endpoint.missing' });
      await rollouts.save(begun.id, { state: 'holding', document: { step: 1 } });
      expect(await rollouts.current('steps')).toMatchObject({ state: 'holding', document: { step: 1 } });
      expect((await rollouts.allOpen()).map(({ endpoint }) => endpoint)).toContain('steps');
      const ended = await rollouts.save(begun.id, { state: 'aborted', document: { step: 1 } });
      expect(ended?.endedAt).not.toBeNull();
      expect(await rollouts.save(begun.id, { state: 'done', document: {} })).toBeUndefined();
      expect(await rollouts.current('steps')).toBeUndefined();
      const next = await rollouts.open('steps', {});
      expect((await rollouts.list('steps')).map(({ id }) => id)).toEqual([next.id, begun.id]);
    });

    it('goes with its revisions, rollouts and tokens', async () => {
      const { endpoints, rollouts } = subject().database.stores;
      await endpoints.create({ name: 'brief', model: 'm', target: 't', task: 'binary' });
      const revision = { modelVersion: 1, bundleId: 'b', spec: null, reason: 'deploy', by: 'me' } as const;
      await endpoints.addRevision('brief', revision);
      await rollouts.open('brief', {});
      const token = { endpoint: 'brief', name: 'app', prefix: 'p', limits: null };
      await endpoints.addToken({ ...token, hash: 'gone1' });
      const revoked = await endpoints.addToken({ ...token, hash: 'gone2' });
      await endpoints.revokeToken(revoked.id);
      expect(await endpoints.remove('brief')).toEqual({ tokens: 1 });
      expect(await endpoints.find('brief')).toBeUndefined();
      expect(await endpoints.tokens('brief')).toEqual([]);
      expect(await endpoints.revisions('brief')).toEqual([]);
      expect(await rollouts.list('brief')).toEqual([]);
      await expect(endpoints.remove('brief')).rejects.toMatchObject({ code: 'endpoint.missing' });
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
