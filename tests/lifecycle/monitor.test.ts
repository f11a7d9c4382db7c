import type { Endpoint, MonitorReport, PipelineRun, PredictResponse, ShipResult } from '@slipway/contract';
import { createClient } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, eventually, HAS_REAL_TABLES, type Platform, startPlatform } from './slipway.ts';
import { cellsOf, changed, csvFile, type Rows, splitTable } from './tables.ts';

const MINUTES = 60_000;
const LATER_ROWS = 1000;
type Prediction = PredictResponse['predictions'][number];
afterAll(cleanUp);

/** One platform, one story: traffic as in training, then another world. */
describe.skipIf(!HAS_REAL_TABLES)('an endpoint on ../shared/data/telco_churn.csv, watched', () => {
  let platform: Platform;
  let shipped: ShipResult;
  let usual: Rows;
  let shifted: Rows;
  let usualPredictions: Prediction[];
  let shiftedPredictions: Prediction[];
  let shiftBegan: string;

  const predict = async (name: string, rows: Rows) => {
    const words = ['predict', 'telco', await csvFile(name, rows)];
    return (await platform.answer<{ predictions: Prediction[] }>(words)).predictions;
  };
  const monitor = (...words: string[]) =>
    platform.answer<MonitorReport & { alerts: { says: string }[] }>(['monitor', 'telco', ...words]);

  beforeAll(async () => {
    platform = await startPlatform();
    const { first, later } = await splitTable('telco_churn.csv', LATER_ROWS);
    usual = later;
    shifted = changed(later, {
      tenure: (cell) => String(Number(cell) * 3),
      PaymentMethod: (cell, row) => (row % 4 === 0 ? 'Barter' : cell),
    });
    const file = await csvFile('telco.csv', first);
    shipped = await platform.answer<ShipResult>(['ship', file, '--target', 'Churn', '--budget', '4s']);
  }, 4 * MINUTES);

  it(
    'rows like those of training raise no drift, in any column or in the scores',
    async () => {
      usualPredictions = await predict('usual.csv', usual);
      expect(usualPredictions).toHaveLength(LATER_ROWS);
      const report = await monitor();
      expect(report.window.rows).toBe(LATER_ROWS);
      expect({ drifted: report.drifted, alerts: report.alerts }).toEqual({ drifted: false, alerts: [] });
      expect(report.columns.filter(({ drifted }) => drifted)).toEqual([]);
      expect(report.columns.map(({ name }) => name).sort()).toEqual(
        (await platform.answer<Endpoint>(['endpoints', 'show', 'telco'])).inputs
          .map(({ name }) => name)
          .sort(),
      );
    },
    2 * MINUTES,
  );

  it(
    'labels that come late, by file and by API, give the quality that one computes oneself',
    async () => {
      const truth = cellsOf(usual, 'Churn');
      const half = LATER_ROWS / 2;
      const labels = usualPredictions.map(({ id }, row) => ({ id, value: truth[row]! }));
      const file = await csvFile('labels.csv', {
        header: ['id', 'value'],
        rows: labels.slice(0, half).map(({ id, value }) => [id, value]),
      });
      const added = await platform.answer(['labels', 'add', 'telco', file]);
      expect(added).toMatchObject({ endpoint: 'telco', accepted: half, refused: 0, unknown: 0 });
      const params = { name: 'telco' };
      const body = { labels: labels.slice(half) };
      expect(await platform.client.call['labels.add']({ params, body })).toMatchObject({
        accepted: half,
        refused: 0,
        unknown: 0,
      });

      const { performance } = await monitor();
      const realised = performance.realised!;
      expect(realised).toMatchObject({ rows: LATER_ROWS, labelled: LATER_ROWS });
      const right = usualPredictions.filter(({ value }, row) => value === truth[row]).length;
      expect(realised.metrics.accuracy).toBeCloseTo(right / LATER_ROWS, 12);
      const scores = usualPredictions.map(({ probabilities }) => probabilities!.Yes!);
      expect(realised.metrics['roc-auc']).toBeCloseTo(
        rocAuc(
          scores,
          truth.map((cell) => cell === 'Yes'),
        ),
        9,
      );
      expect(realised.primary!.value).toBe(realised.metrics['roc-auc']);
      expect(Math.abs(realised.primary!.value - shipped.metrics.primary.value)).toBeLessThan(0.06);
    },
    2 * MINUTES,
  );

  it(
    'a column that trebled and a value never seen are drift, each by name; columns left alone are not',
    async () => {
      shiftBegan = new Date().toISOString();
      shiftedPredictions = await predict('shifted.csv', shifted);
      const report = await monitor('--from', shiftBegan);
      expect(report.window.rows).toBe(LATER_ROWS);
      expect(report.drifted).toBe(true);
      const drifted = report.columns.filter((column) => column.drifted).map(({ name }) => name);
      expect(drifted.sort()).toEqual(['PaymentMethod', 'tenure']);
      expect(report.columns.find(({ name }) => name === 'PaymentMethod')).toMatchObject({
        unseenValues: { Barter: LATER_ROWS / 4 },
      });
      // The dates were chosen, so that report opens nothing; one over the last day does.
      expect(report).toMatchObject({ chosenDates: true, alerts: [] });
      const { alerts } = await monitor();
      expect(alerts.some(({ says }) => says.includes('tenure'))).toBe(true);
    },
    2 * MINUTES,
  );

  it(
    'a policy that is on, fresh labels, a drift and a performance that fell start a retraining',
    async () => {
      const words = ['--retrain', 'auto', '--min-labels', '500', '--cooldown-hours', '0'];
      expect(await platform.answer(['endpoints', 'policy', 'telco', ...words])).toMatchObject({
        mode: 'auto',
        minLabels: 500,
        cooldownHours: 0,
      });
      const truth = cellsOf(shifted, 'Churn');
      // The other class in half of the rows: drift alone starts nothing while the performance holds.
      const other = (value: string) => (value === 'Yes' ? 'No' : 'Yes');
      const labels = shiftedPredictions.map(({ id }, row) => ({
        id,
        value: row % 2 === 0 ? truth[row]! : other(truth[row]!),
      }));
      await platform.client.call['labels.add']({ params: { name: 'telco' }, body: { labels } });
      await monitor();

      const pipelineRun = await eventually(
        'pipeline run that the policy started and that ended',
        async () => {
          const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { limit: 5 } });
          return pipelineRuns.find(({ kind, state }) => kind === 'retrain' && state !== 'running');
        },
        2 * MINUTES,
      );
      expect(pipelineRun.failure).toBeNull();
      expect(['done', 'refused']).toContain(pipelineRun.state);
      expectFresh(pipelineRun);
      const { entries } = await platform.client.call['audit.list']({ query: { limit: 100 } });
      expect(entries.find(({ what }) => what === 'endpoints.retrain')).toMatchObject({
        who: 'policy',
        subject: 'telco',
      });
      const versions = await platform.client.call['datasets.get']({ params: { name: 'telco' } });
      expect(versions.versions[0]).toMatchObject({ version: 2, rows: 7043 + LATER_ROWS });
    },
    4 * MINUTES,
  );

  it(
    'a key of the role predictor predicts a file and labels by file, and makes no dataset',
    async () => {
      const { secret } = await platform.client.call['keys.create']({
        body: { name: 'caller', role: 'predictor' },
      });
      const few = { header: usual.header, rows: usual.rows.slice(0, 3) };
      const words = ['predict', 'telco', await csvFile('few.csv', few), '--token', secret];
      const { predictions } = await platform.answer<{ predictions: Prediction[] }>(words);
      expect(predictions).toHaveLength(3);
      const labels = {
        header: ['id', 'value'],
        rows: [
          [predictions[0]!.id, 'No'],
          [predictions[0]!.id.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z')), 'No'],
        ],
      };
      const file = await csvFile('their-labels.csv', labels);
      expect(await platform.answer(['labels', 'add', 'telco', file, '--token', secret])).toMatchObject({
        endpoint: 'telco',
        accepted: 2,
        unknown: 1,
      });
      const caller = createClient({ server: platform.url, token: secret });
      const upload = await caller.call['uploads.create']({
        query: { filename: 'x.csv' },
        body: new TextEncoder().encode('a,b\n1,2\n'),
      });
      const body = { name: 'theirs', uploadId: upload.id };
      await expect(caller.call['datasets.add']({ body })).rejects.toMatchObject({ code: 'access.forbidden' });
    },
    2 * MINUTES,
  );
});

/** The retraining learned from every labelled prediction, and judged on the rows that were held out before. */
function expectFresh(pipelineRun: PipelineRun): void {
  const ingest = pipelineRun.stages.find(({ stage }) => stage === 'ingest')!;
  expect(ingest.facts).toMatchObject({ version: 2, rows: 7043 + LATER_ROWS });
  const champion = pipelineRun.result!.gates.find(({ id }) => id === 'champion')!;
  expect(champion.observed).not.toBeNull();
}

/** The share of pairs in the right order, ties half (Hanley and McNeil 1982). */
function rocAuc(scores: readonly number[], positive: readonly boolean[]): number {
  const ups = scores.filter((_, row) => positive[row]);
  const downs = scores.filter((_, row) => !positive[row]);
  let won = 0;
  for (const up of ups) for (const down of downs) won += up > down ? 1 : up === down ? 0.5 : 0;
  return won / (ups.length * downs.length);
}
