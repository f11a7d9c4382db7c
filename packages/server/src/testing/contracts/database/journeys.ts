import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';

/** The promises of `JourneyStore`. */
export function describeJourneys(subject: () => DatabaseUnderTest): void {
  describe('journeys', () => {
    it('keeps what happened in each stage, in the order in which they began', async () => {
      const { journeys } = subject().database.stores;
      const { id, changes } = await journeys.create({ name: 'j', kind: 'ship', request: { target: 't' } });
      await journeys.beginStage(id, 'ingest');
      await journeys.reportStage(id, 'ingest', { progress: 0.5 });
      await journeys.endStage(id, 'ingest', 'done', { rows: 7 });
      await journeys.beginStage(id, 'train');
      const ended = await journeys.end(id, { state: 'done', result: { ok: true } });
      expect(ended.stages).toMatchObject([
        { stage: 'ingest', state: 'done', summary: { rows: 7 } },
        { stage: 'train', state: 'running', endedAt: null },
      ]);
      expect(ended.changes).toBe(changes + 5);
      expect(await journeys.end(id, { state: 'failed' })).toEqual(ended);
      expect(await journeys.get(id)).toEqual(ended);
      expect(await journeys.list({ name: 'j', state: 'done' })).toEqual([ended]);
    });

    it('run one at a time of a name, though many are begun at the same moment', async () => {
      const { database } = subject();
      const begun = await Promise.allSettled(
        Array.from({ length: 8 }, () =>
          database.transaction(({ journeys }) =>
            journeys.create({ name: 'alone', kind: 'ship', request: null }),
          ),
        ),
      );
      const [first, ...others] = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(others).toEqual([]);
      const refusals = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(refusals).toHaveLength(7);
      for (const refusal of refusals)
        expect(refusal).toMatchObject({ code: 'journey.running', details: { name: 'alone', id: first!.id } });
      const { journeys } = database.stores;
      await journeys.end(first!.id, { state: 'failed' });
      await expect(journeys.create({ name: 'alone', kind: 'ship', request: null })).resolves.toBeDefined();
    });

    it('gives documents back as they were given', async () => {
      const { journeys } = subject().database.stores;
      for (const request of ['5', '', 0, false, [], { b: 1, a: 'ü\u0000"' }, ['null'], null]) {
        const { id } = await journeys.create({ name: 'documents', kind: 'ship', request });
        expect((await journeys.end(id, { state: 'done' })).request).toEqual(request);
        expect((await journeys.get(id)).request).toEqual(request);
      }
    });
  });
}
