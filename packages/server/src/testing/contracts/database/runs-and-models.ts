import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';
import { modelWith, run, version } from './samples.ts';

/** The promises of `RunStore` and `ModelRegistry`. */
export function describeRunsAndModels(subject: () => DatabaseUnderTest): void {
  describe('runs and models', () => {
    it('keeps a run with its trials, and only finite metrics', async () => {
      const { runs } = subject().database.stores;
      const parent = await runs.create(run);
      const trials = await runs.createMany(
        Array.from({ length: 1500 }, (_, i) => ({ ...run, name: `trial ${i}`, parentRunId: parent.id })),
      );
      expect(trials).toHaveLength(1500);
      const ended = await runs.finish(parent.id, {
        metrics: { auc: 0.75, broken: Number.NaN },
        curves: [{ name: 'loss', steps: [1, 2], values: [0.5, 0.25] }],
        seconds: 1.5,
      });
      expect(ended).toMatchObject({ state: 'done', metrics: { auc: 0.75 }, seconds: 1.5 });
      expect(ended.metrics).not.toHaveProperty('broken');
      expect(await runs.get(parent.id)).toEqual(ended);
      expect(await runs.list({ parentRunId: parent.id, limit: 2000 })).toHaveLength(1500);
      expect((await runs.list({ parentRunId: null })).map(({ id }) => id)).toContain(parent.id);
    });

    it('remembers why a run failed', async () => {
      const { runs } = subject().database.stores;
      const { id } = await runs.create(run);
      const failure = {
        code: 'target.constant',
        message: 'm',
        hint: 'h',
        details: { target: 't' },
      } as const;
      expect(await runs.fail(id, failure)).toMatchObject({ state: 'failed', failure });
    });

    it('keeps what a version was measured to be later, newest first', async () => {
      await modelWith(subject().database, 'measured', 2);
      const { models } = subject().database.stores;
      const validation = {
        model: 'measured',
        version: 1,
        dataset: 'orders-march',
        datasetVersion: 3,
        by: 'owner',
        gates: [{ id: 'recall >= 0.7', passed: false }],
        says: 'One gate is closed.',
        report: { format: 1, datasets: [] },
      };
      const first = await models.addValidation(validation);
      const second = await models.addValidation({ ...validation, datasetVersion: 4 });
      expect(first).toMatchObject(validation);
      expect(await models.validations('measured', 1)).toEqual([second, first]);
      expect(await models.validations('measured', 2)).toEqual([]);
      expect(await models.validations('measured')).toHaveLength(2);
      await expect(models.addValidation({ ...validation, version: 9 })).rejects.toMatchObject({
        code: 'model.version-missing',
      });
    });

    it('adds model versions and moves aliases among them', async () => {
      await modelWith(subject().database, 'churn', 3);
      const { models } = subject().database.stores;
      expect((await models.versions('churn')).map((one) => one.version)).toEqual([3, 2, 1]);
      expect(await models.moveAlias('churn', 'champion', 1)).toEqual({ from: null, to: 1 });
      expect(await models.moveAlias('churn', 'champion', 3, 1)).toEqual({ from: 1, to: 3 });
      expect(await models.aliases('churn')).toMatchObject([{ alias: 'champion', version: 3 }]);
      await expect(models.moveAlias('churn', 'champion', 9)).rejects.toMatchObject({
        code: 'model.version-missing',
      });
      expect(await models.bundleIds()).toContain(version.bundleId);
    });
  });
}
