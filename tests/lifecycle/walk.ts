import { readFile } from 'node:fs/promises';
import type { Row } from '@slipway/sdk';
import { expect } from 'vitest';
import type { TestClient } from './clients.ts';
import { PENGUINS } from './slipway.ts';

type Penguin = Row & { Species: string };

/** Upload, ship, predict, label, monitor, retrain, promote, roll back: the whole way through one face. */
export async function walkThePipelineRun(client: TestClient, name: string): Promise<void> {
  const uploadId = await client.upload(PENGUINS, 'penguins.json');
  const pipelineRun = await client.ship(uploadId, 'Species', name);
  expect({ state: pipelineRun.state, failure: pipelineRun.failure }).toEqual({
    state: 'done',
    failure: null,
  });
  const result = pipelineRun.result!;
  expect(result).toMatchObject({ task: 'multiclass', promoted: true, endpoint: { name, token: null } });

  const endpoint = { url: result.endpoint!.url, token: await client.token(name) };
  const penguins = JSON.parse(await readFile(PENGUINS, 'utf8')) as Penguin[];
  const columns = new Set((await client.endpoint(name)).inputs.map((input) => input.name));
  const rows = penguins.map((one) =>
    Object.fromEntries(Object.entries(one).filter(([key]) => columns.has(key))),
  );
  const { model, predictions } = await client.predict(endpoint, rows);
  expect(model).toEqual({ name, version: 1 });
  const right = predictions.filter(({ value }, row) => value === penguins[row]!.Species).length;
  expect(right / penguins.length).toBeGreaterThan(0.95);

  const labels = predictions.map(({ id }, row) => ({ id, value: penguins[row]!.Species }));
  expect(await client.addLabels(name, labels)).toBe(penguins.length);
  const report = await client.monitor(name);
  expect(report).toMatchObject({ endpoint: name, window: { rows: penguins.length } });
  // The model is surer of rows that it has learnt from than of the hold-out, so only the columns tell whether these rows are others.
  expect(report.columns.filter(({ drifted }) => drifted)).toEqual([]);
  expect(report.performance.realised!.metrics.accuracy).toBeCloseTo(right / penguins.length, 12);

  const again = await client.retrain(name, await client.upload(PENGUINS, 'more-penguins.json'));
  expect(['done', 'refused']).toContain(again.state);
  expect(again.result).toMatchObject({
    dataset: { version: 2, rows: 2 * penguins.length },
    model: { version: 2 },
  });
  if (again.state === 'refused') await client.promote(name, 2);
  expect((await client.predict(endpoint, rows.slice(0, 1))).model.version).toBe(2);

  const back = await client.rollback(name);
  expect(back).toMatchObject({
    version: 1,
    revisions: [{ reason: 'rollback' }, { version: 2 }, { version: 1 }],
  });
  expect((await client.predict(endpoint, rows.slice(0, 1))).model.version).toBe(1);
}
