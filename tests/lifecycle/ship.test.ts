import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  endpointSchema,
  predictResponseSchema,
  type ShipResult,
  STAGES,
  shipResultSchema,
} from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL_SETS, type RealSet } from './sets.ts';
import {
  answerOf,
  cleanUp,
  newFolder,
  PENGUINS,
  type Platform,
  realTable,
  startPlatform,
} from './slipway.ts';

const MINUTES = 60_000;

afterAll(cleanUp);

describe('one command on a bare machine', () => {
  it(
    'takes a table of a development dependency to an endpoint and ends with the platform it started',
    async () => {
      const data = await newFolder();
      const args = ['ship', PENGUINS, '--target', 'Species', '--budget', '3s', '--data', data, '--exit'];
      const result = await answerOf<ShipResult>([...args, '--port', '0', '--inference-port', '0']);

      expectWhole(result);
      expect(result).toMatchObject({
        dataset: { name: 'penguins', version: 1, rows: 344, columns: 7 },
        task: 'multiclass',
        target: 'Species',
        model: { name: 'penguins', version: 1 },
        endpoint: { name: 'penguins' },
      });
      expect(result.metrics.all.accuracy).toBeGreaterThan(0.9);
      await expect(readFile(`${data}/server.json`, 'utf8')).rejects.toThrow('ENOENT');
      await expect(fetch(result.endpoint!.url)).rejects.toThrow('fetch failed');
    },
    3 * MINUTES,
  );
});

describe('one command on real tables of ../shared/data', () => {
  const here = REAL_SETS.filter(({ file }) => realTable(file) !== undefined);
  let platform: Platform;

  beforeAll(async () => {
    if (here.length > 0) platform = await startPlatform();
  }, 2 * MINUTES);

  for (const set of REAL_SETS) {
    it.skipIf(!here.includes(set))(
      `ships ${set.file}: ${set.kind}`,
      async () => {
        const path = realTable(set.file)!;
        const args = ['ship', path, '--target', set.target, '--budget', '4s', ...(set.options ?? [])];
        const result = await platform.answer<ShipResult>(args);

        expectWhole(result);
        expectSensible(result, set);
        await expectAnswers(platform, result);
      },
      4 * MINUTES,
    );
  }
});

/** Every field of DESIGN §8 and nothing besides. */
function expectWhole(result: ShipResult): void {
  expect(shipResultSchema.parse(result)).toEqual(result);
  expect(result.promoted).toBe(true);
  expect(result.gates.map(({ id, passed }) => ({ id, passed }))).toContainEqual({
    id: 'parity',
    passed: true,
  });
  expect(result.leaderboard.length).toBeGreaterThan(1);
  expect(result.leaderboard.filter((entry) => entry.chosen).length).toBeGreaterThan(0);
  expect(Object.keys(result.seconds).sort()).toEqual([...STAGES].sort());
  expect(result.metrics.all[result.metrics.primary.name]).toBe(result.metrics.primary.value);
  expect(result.model.bytes).toBeGreaterThan(1000);
  expect(new URL(result.console).pathname).toMatch(/^\/pipeline-runs\/plr_/);
}

function expectSensible(result: ShipResult, set: RealSet): void {
  const { dataset, task, target, metrics, gates } = result;
  expect({ task, target, rows: dataset.rows, columns: dataset.columns }).toEqual({
    task: set.task,
    target: set.target,
    rows: set.rows,
    columns: set.columns,
  });
  expect(metrics.all[set.metric]).toBeGreaterThan(set.least);
  expect(gates.find(({ id }) => id === 'beats-baseline')).toMatchObject({ passed: true });
  expect(gates.find(({ id }) => id === 'beats-baseline')!.observed).toBeGreaterThan(0);
}

/** The token that the command returned opens the endpoint, and the endpoint answers as §8 says. */
async function expectAnswers(platform: Platform, result: ShipResult): Promise<void> {
  const { name, url, token } = result.endpoint!;
  const endpoint = endpointSchema.parse(await platform.answer(['endpoints', 'show', name]));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(endpoint.example) });
  expect(response.status, basename(url)).toBe(200);
  const body = predictResponseSchema.parse(await response.json());
  expect(body.model).toEqual({ name, version: 1 });
  expect(body.predictions).toHaveLength(endpoint.example.rows!.length);
  for (const { value, probabilities, id } of body.predictions) {
    expect(id).toMatch(/^p_/);
    if (result.task === 'regression') {
      expect(Number.isFinite(value)).toBe(true);
    } else {
      expect(endpoint.classes).toContain(String(value));
      expect(Object.keys(probabilities!).sort()).toEqual([...endpoint.classes].sort());
      expect(Object.values(probabilities!).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
    }
  }
  const closed = await fetch(url, { method: 'POST', body: JSON.stringify(endpoint.example) });
  expect(closed.status).toBe(401);
}
