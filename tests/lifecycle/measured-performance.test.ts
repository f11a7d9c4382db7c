import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonitorReport, PredictResponse } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ageLog } from './age-log.ts';
import { cleanUp, type Platform, ROOT, startPlatform } from './slipway.ts';
import { csvFile } from './tables.ts';

const MINUTES = 60_000;
const CASES = join(ROOT, '../shared/cases/monitoring');
const caseFile = (name: string) => join(CASES, name);

type Prediction = Pick<PredictResponse['predictions'][number], 'id' | 'value'>;
type Report = MonitorReport & { alerts: { severity: string; says: string }[] };

afterAll(cleanUp);

describe.skipIf(!existsSync(CASES))('performance over the predictions that have labels', () => {
  let platform: Platform;

  const restart = async () => {
    platform = await startPlatform({ folder: platform.folder });
  };
  const ship = (endpoint: string, file: string, target: string) =>
    platform.answer(['ship', caseFile(file), '--target', target, '--name', endpoint, '--budget', '5s']);
  const predict = async (endpoint: string, file: string) => {
    const words = ['predict', endpoint, caseFile(file)];
    return (await platform.answer<PredictResponse>(words)).predictions;
  };
  /** Returns the share of the predictions that the labels call right. */
  const label = async (endpoint: string, predictions: readonly Prediction[], values: readonly string[]) => {
    const rows = predictions.map(({ id }, row) => [id, values[row]!]);
    const file = await csvFile(`${endpoint}-labels.csv`, { header: ['id', 'value'], rows });
    await platform.answer(['labels', 'add', endpoint, file]);
    return predictions.filter(({ value }, row) => String(value) === values[row]).length / rows.length;
  };
  const monitor = (endpoint: string, ...words: string[]) =>
    platform.answer<Report>(['monitor', endpoint, ...words]);

  beforeAll(async () => {
    platform = await startPlatform();
  }, MINUTES);

  it(
    'is measured by labels that arrive 20 days late, apart from the window of drift',
    async () => {
      await ship('late', 'flags_train.csv', 'y');
      const predictions = await predict('late', 'flags_live.csv');
      await platform.stop();
      const older = await ageLog(platform.folder, 'late', 20);
      await restart();
      await predict('late', 'flags_live.csv');
      const aged = predictions.map(({ id, value }) => ({ id: older(id), value }));
      const right = await label('late', aged, await column('flags_truths.csv', 'flipped'));

      const { window, performance, alerts } = await monitor('late');
      const realised = performance.realised!;
      expect(window.rows).toBe(300);
      expect(realised).toMatchObject({ rows: 300, labelled: 300, coverage: 1, degraded: true });
      expect(realised.metrics.accuracy).toBeCloseTo(right, 12);
      expect(realised.metrics['roc-auc']).toBeCloseTo(0.498, 1);
      expect(realised.medianDelaySeconds! / 86_400).toBeCloseTo(20, 1);
      expect(realised.p90DelaySeconds!).toBeGreaterThanOrEqual(realised.medianDelaySeconds!);
      expect(alerts).toContainEqual(
        expect.objectContaining({
          severity: 'critical',
          says: expect.stringMatching(
            /^Accuracy is 0\.\d\d on 300 labelled predictions, lower than the 0\.\d\d on the hold-out; also worse: ROC AUC 0\.50 \(0\.\d\d\), /,
          ),
        }),
      );
    },
    4 * MINUTES,
  );

  it(
    'falls by accuracy where the ROC AUC stays, and where there is none',
    async () => {
      await ship('moved', 'flags_train.csv', 'y');
      const strict = await column('flags_truths.csv', 'strict');
      const right = await label('moved', await predict('moved', 'flags_live.csv'), strict);
      const moved = await monitor('moved');
      expect(moved.performance.realised!.metrics.accuracy).toBeCloseTo(right, 12);
      expect(moved.performance.realised!.metrics['roc-auc']).toBeGreaterThan(0.9);
      expect(moved.alerts.map(({ says }) => says)).toContainEqual(
        expect.stringMatching(
          /^Accuracy is 0\.(6|70)\d* on 300 labelled predictions, lower than the 0\.8\d on/,
        ),
      );

      await platform.stop();
      await ageLog(platform.folder, 'moved', 20);
      await restart();
      const none = await column('flags_truths.csv', 'none');
      const rightNow = await label('moved', await predict('moved', 'flags_live.csv'), none);
      const { performance, alerts } = await monitor('moved');
      expect(performance.realised!.metrics.accuracy).toBeCloseTo(rightNow, 12);
      expect(performance.realised!.measures).toContainEqual(
        expect.objectContaining({ id: 'roc-auc', value: null, degraded: false }),
      );
      expect(alerts.map(({ says }) => says)).toContainEqual(
        expect.stringMatching(/^Accuracy is 0\.4\d on 300 labelled predictions, lower than the 0\.8\d on/),
      );
    },
    4 * MINUTES,
  );

  it(
    'holds while the labels agree with the model',
    async () => {
      const truths = await column('flags_live.csv', 'y');
      await ship('usual', 'flags_train.csv', 'y');
      const right = await label('usual', await predict('usual', 'flags_live.csv'), truths);
      const { performance, alerts } = await monitor('usual');
      expect(performance.realised).toMatchObject({ degraded: false, labelled: 300 });
      expect(performance.realised!.metrics.accuracy).toBeCloseTo(right, 12);
      expect(alerts).toEqual([]);
    },
    4 * MINUTES,
  );

  it(
    'counts a class that training never saw as wrong, names it and its share, and alerts',
    async () => {
      await ship('tickets', 'tickets_train.csv', 'topic');
      const topics = await column('tickets_live.csv', 'topic');
      const right = await label('tickets', await predict('tickets', 'tickets_live.csv'), topics);
      const { performance, alerts } = await monitor('tickets');
      const says = '94 labels (31 %) are of a class the model does not know: warranty.';
      expect(performance.realised!.unknownClasses).toMatchObject({ labels: 94, says });
      expect(performance.realised).toMatchObject({ labelled: 300, degraded: true });
      expect(performance.realised!.metrics.accuracy).toBeCloseTo(right, 12);
      expect(right).toBeCloseTo(0.513, 1);
      expect(alerts.map((alert) => alert.says)).toContain(says);
      expect(alerts.some(({ severity }) => severity === 'critical')).toBe(true);
    },
    4 * MINUTES,
  );
});

async function column(file: string, name: string): Promise<string[]> {
  const [header, ...rows] = (await readFile(caseFile(file), 'utf8')).trim().split('\n');
  const at = header!.split(',').indexOf(name);
  return rows.map((row) => row.split(',')[at]!);
}
