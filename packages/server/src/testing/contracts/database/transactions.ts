import { isFailure } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';
import { modelWith } from './samples.ts';

/** What a transaction promises, alone and among many. */
export function describeTransactions(subject: () => DatabaseUnderTest): void {
  describe('transactions', () => {
    it('keeps all of a transaction or none of it', async () => {
      await modelWith(subject().database, 'atomic', 2);
      await subject().database.stores.models.moveAlias('atomic', 'champion', 1);
      const before = await subject().database.stores.audit.list({ limit: 1 });
      const broken = subject().database.transaction(async ({ models, audit, outbox }) => {
        await models.moveAlias('atomic', 'champion', 2);
        await outbox.add({ topic: 'alias.moved', subject: 'atomic', payload: { to: 2 } });
        await audit.append({ who: 'me', what: 'alias.move', subject: 'atomic' });
        throw new Error('the power went');
      });
      await expect(broken).rejects.toThrow('the power went');
      expect((await subject().database.stores.models.aliased('atomic', 'champion'))?.version).toBe(1);
      expect(await subject().database.stores.audit.list({ limit: 1 })).toEqual(before);
      const told = await subject().database.stores.outbox.list({ limit: 1000 });
      expect(told.filter(({ subject: about }) => about === 'atomic')).toEqual([]);
    });

    it('goes on after a transaction that caught a failure of one of its steps', async () => {
      await subject().database.transaction(async ({ datasets, outbox }) => {
        await datasets.create('twice');
        await datasets.create('twice').catch((error: unknown) => {
          if (!isFailure(error, 'dataset.exists')) throw error;
        });
        await outbox.add({ topic: 'kept', subject: 'twice', payload: null });
      });
      expect(await subject().database.stores.datasets.find('twice')).toMatchObject({ name: 'twice' });
    });

    it('gives 64 parallel writers of one alias a linear history', async () => {
      await modelWith(subject().database, 'contended', 8);
      const moves = Array.from({ length: 64 }, (_, i) =>
        subject().database.transaction(async ({ models, audit }) => {
          const move = await models.moveAlias('contended', 'champion', 1 + (i % 8));
          await audit.append({
            who: `writer ${i}`,
            what: 'test.move',
            subject: 'contended',
            details: move,
          });
        }),
      );
      await Promise.all(moves);
      const entries = await subject().database.stores.audit.list({ limit: 1000 });
      const history = entries.filter(({ what }) => what === 'test.move').reverse();
      expect(history).toHaveLength(64);
      let at: unknown = null;
      for (const { details } of history) {
        expect(details.from).toBe(at);
        at = details.to;
      }
      expect((await subject().database.stores.models.aliased('contended', 'champion'))?.version).toBe(at);
      expect(await subject().database.stores.audit.verify()).toMatchObject({ holds: true });
    });

    it('lets one of many optimistic writers win', async () => {
      await modelWith(subject().database, 'optimistic', 2);
      const tries = await Promise.allSettled(
        Array.from({ length: 16 }, () =>
          subject().database.stores.models.moveAlias('optimistic', 'champion', 1, null),
        ),
      );
      const lost = tries.filter((one) => one.status === 'rejected');
      expect(lost).toHaveLength(15);
      expect(lost.every(({ reason }) => isFailure(reason, 'alias.conflict'))).toBe(true);
    });
  });
}
