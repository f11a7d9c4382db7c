import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeAccess } from './access.ts';
import { describeCatalogue } from './catalogue.ts';
import type { DatabaseUnderTest } from './database-under-test.ts';
import { describeEndpoints } from './endpoints.ts';
import { describeLabelling } from './labelling.ts';
import { describeObservations } from './observations.ts';
import { describePipelineRuns } from './pipeline-runs.ts';
import { describeRunsAndModels } from './runs-and-models.ts';
import { describeTransactions } from './transactions.ts';

/** The promises of `Database` and of every store but the queue, which has a suite of its own. */
export function describeDatabase(name: string, open: () => Promise<DatabaseUnderTest>): void {
  describe(`the database on ${name}`, () => {
    let subject: DatabaseUnderTest;
    beforeAll(async () => {
      subject = await open();
    }, 120_000);
    afterAll(() => subject?.dispose());

    describeTransactions(() => subject);
    describeCatalogue(() => subject);
    describeRunsAndModels(() => subject);
    describeEndpoints(() => subject);
    describeObservations(() => subject);
    describeLabelling(name, () => subject.database.stores.labelling);
    describePipelineRuns(() => subject);
    describeAccess(() => subject);

    it('refuses a database that a newer Slipway has written', async () => {
      const newer = subject.tamper(
        `insert into slipway_migrations (number, hash) values (999, 'from the future')`,
      );
      await expect(newer).rejects.toMatchObject({ code: 'storage.newer' });
    });
  });
}
