import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';

/** The promises of `PipelineRunStore`. */
export function describePipelineRuns(subject: () => DatabaseUnderTest): void {
  describe('pipeline runs', () => {
    it('keeps what happened in each stage, in the order in which they began', async () => {
      const { pipelineRuns } = subject().database.stores;
      const { id, changes } = await pipelineRuns.create({
        name: 'j',
        kind: 'ship',
        request: { target: 't' },
      });
      await pipelineRuns.beginStage(id, 'ingest');
      await pipelineRuns.reportStage(id, 'ingest', { progress: 0.5 });
      await pipelineRuns.endStage(id, 'ingest', 'done', { rows: 7 });
      await pipelineRuns.beginStage(id, 'train');
      const ended = await pipelineRuns.end(id, { state: 'done', result: { ok: true } });
      expect(ended.stages).toMatchObject([
        { stage: 'ingest', state: 'done', summary: { rows: 7 } },
        { stage: 'train', state: 'running', endedAt: null },
      ]);
      expect(ended.changes).toBe(changes + 5);
      expect(await pipelineRuns.end(id, { state: 'failed' })).toEqual(ended);
      expect(await pipelineRuns.get(id)).toEqual(ended);
      expect(await pipelineRuns.list({ name: 'j', state: 'done' })).toEqual([ended]);
    });

    it('run one at a time of a name, though many are begun at the same moment', async () => {
      const { database } = subject();
      const begun = await Promise.allSettled(
        Array.from({ length: 8 }, () =>
          database.transaction(({ pipelineRuns }) =>
            pipelineRuns.create({ name: 'alone', kind: 'ship', request: null }),
          ),
        ),
      );
      const [first, ...others] = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(others).toEqual([]);
      const refusals = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(refusals).toHaveLength(7);
      for (const refusal of refusals)
        expect(refusal).toMatchObject({
          code: 'pipeline-run.running',
          details: { name: 'alone', id: first!.id },
        });
      const { pipelineRuns } = database.stores;
      await pipelineRuns.end(first!.id, { state: 'failed' });
      await expect(
        pipelineRuns.create({ name: 'alone', kind: 'ship', request: null }),
      ).resolves.toBeDefined();
    });

    it('gives documents back as they were given', async () => {
      const { pipelineRuns } = subject().database.stores;
      for (const request of ['5', '', 0, false, [], { b: 1, a: 'ü\u0000"' }, ['null'], null]) {
        const { id } = await pipelineRuns.create({ name: 'documents', kind: 'ship', request });
        expect((await pipelineRuns.end(id, { state: 'done' })).request).toEqual(request);
        expect((await pipelineRuns.get(id)).request).toEqual(request);
      }
    });
  });
}
