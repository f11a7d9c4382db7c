import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallCount, TimeWindow } from '../../stages/serve/index.ts';
import { callLogReader, openCallLog } from './call-log.ts';
import { readPredictionLog } from './read-prediction-log.ts';

const MIDNIGHT = Date.UTC(2026, 4, 2);
const clock = { now: () => MIDNIGHT, monotonic: () => 0 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-calls-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (ms: number) => new Date(MIDNIGHT + ms).toISOString();
const answered = (ms: number, count = 1): CallCount => ({ ts: at(ms), version: 1, deployment: 'aa', count });
const refused = (ms: number, count = 1): CallCount => ({
  ...answered(ms, count),
  refused: { code: 'predict.missing-column', column: 'tenure' },
});

async function read(window: TimeWindow = {}, endpoint = 'churn'): Promise<CallCount[]> {
  const found: CallCount[] = [];
  for await (const call of callLogReader(folder).calls(endpoint, window)) found.push(call);
  return found;
}

it('counts of calls come back in order, by endpoint and window, over days', async () => {
  const log = openCallLog({ folder, clock });
  log.append('churn', [answered(-5, 3), refused(-5, 212)]);
  log.append('other', [answered(0)]);
  log.append('churn', [answered(-1), refused(1)]);
  log.append('churn', []);
  await log.close();
  expect(await read()).toEqual([answered(-5, 3), refused(-5, 212), answered(-1), refused(1)]);
  expect(await read({ from: MIDNIGHT })).toEqual([refused(1)]);
  expect(await read({ to: MIDNIGHT - 1 })).toEqual([answered(-5, 3), refused(-5, 212)]);
  expect(await read({}, 'other')).toEqual([answered(0)]);
  expect(await read({}, 'never')).toEqual([]);
});

it('stand beside the predictions, readable by their owner alone', async () => {
  const log = openCallLog({ folder, clock });
  log.append('churn', [refused(0)]);
  await log.close();
  expect(await readdir(folder)).toEqual(['churn.calls']);
  expect((await stat(join(folder, 'churn.calls'))).mode & 0o777).toBe(0o700);
  const predictions = [];
  for await (const batch of readPredictionLog(folder, 'churn', {})) predictions.push(batch);
  expect(predictions).toEqual([]);
});

it('a line that a crash tore, or that is another thing, is passed over', async () => {
  const log = openCallLog({ folder, clock });
  log.append('churn', [refused(0)]);
  await log.close();
  const [day] = await readdir(join(folder, 'churn.calls'));
  const [segment] = await readdir(join(folder, 'churn.calls', day!));
  await appendFile(join(folder, 'churn.calls', day!, segment!), '{"other":1}\n{"ts":"2026');
  expect(await read()).toEqual([refused(0)]);
});
