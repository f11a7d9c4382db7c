import type { Endpoint, Model, PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, HAS_REAL_TABLES, type Platform, startPlatform } from './slipway.ts';
import { changed, csvFile, type Rows, splitTable } from './tables.ts';

const MINUTES = 60_000;
const EXIT_REFUSED = 10;

afterAll(cleanUp);

/** One platform, one story: new rows, rows that teach nothing, and moves by hand. */
describe.skipIf(!HAS_REAL_TABLES)(
  'an endpoint on ../shared/data/concrete_strength.csv, trained again',
  () => {
    let platform: Platform;
    let shipped: ShipResult;
    let later: Rows;
    let champion = 1;

    const answers = async () => {
      const { url, token } = shipped.endpoint!;
      const { example } = await platform.answer<Endpoint>(['endpoints', 'show', 'concrete']);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(example) });
      expect(response.status).toBe(200);
      const body = (await response.json()) as PredictResponse;
      const named = Number(response.headers.get('x-slipway-model-version'));
      expect(body.model.version).toBe(named);
      return { version: named, value: body.predictions[0]!.value };
    };

    beforeAll(async () => {
      platform = await startPlatform();
      const split = await splitTable('concrete_strength.csv', 330);
      later = split.later;
      const file = await csvFile('concrete.csv', split.first);
      shipped = await platform.answer<ShipResult>(['ship', file, '--target', 'strength', '--budget', '3s']);
      expect(shipped.dataset.rows).toBe(700);
    }, 4 * MINUTES);

    it('a single version has no former one to go back to', async () => {
      const { code, stdout } = await platform.run(['rollback', 'concrete', '--json']);
      expect(code).toBe(5);
      expect(JSON.parse(stdout).error.code).toBe('endpoint.no-former');
      expect((await answers()).version).toBe(1);
    });

    it(
      'new rows are appended, judged beside the champion on the same rows, and the verdict has its reasons',
      async () => {
        const file = await csvFile('more.csv', later);
        const words = ['retrain', 'concrete', file, '--budget', '3s', '--half-life-rows', '900', '--json'];
        const { code, stdout } = await platform.run(words);
        const result = JSON.parse(stdout) as ShipResult;
        expect(result.recency).toMatch(
          /^Recency: all \d+ training rows, by the order in which they were appended, each weighted with a half-life of 900 rows\.$/,
        );
        expect(result.gates.map(({ id }) => id)).toEqual(
          expect.arrayContaining(['champion-recent', 'label-shift', 'input-shift', 'label-signal']),
        );
        expect(code).toBe(result.promoted ? 0 : EXIT_REFUSED);
        expect(result.dataset).toMatchObject({ version: 2, rows: 1030 });
        expect(result.model.version).toBe(2);
        expect(result.verdict).toMatch(/\.$/);
        const gate = result.gates.find(({ id }) => id === 'champion')!;
        expect(gate.observed).not.toBeNull();
        if (result.promoted) champion = 2;
        expect((await answers()).version).toBe(champion);

        const { versions } = await platform.client.call['datasets.get']({ params: { name: 'concrete' } });
        const [second, first] = versions;
        expect(second!.addedBytes).toBeGreaterThan(0);
        expect(second!.addedBytes).toBeLessThan(second!.bytes);
        expect(second!.bytes).toBe(first!.bytes + second!.addedBytes);

        const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { limit: 1 } });
        const factsOf = (name: string) => pipelineRuns[0]!.stages.find(({ stage }) => stage === name)!.facts;
        expect(factsOf('validate').champion).toMatchObject({ version: 1 });
        const { holdout } = factsOf('prepare').split as { holdout: number };
        expect(holdout).toBeGreaterThan(1030 * 0.15);
        expect(holdout).toBeLessThan(1030 * 0.3);
      },
      3 * MINUTES,
    );

    it(
      'rows that teach nothing are refused with code 10 and a sentence, and the champion keeps answering',
      async () => {
        const before = await answers();
        const noisy = changed(repeated(later, 6), { strength: (_, row) => String(noise(row) * 1e6) });
        const words = ['retrain', 'concrete', await csvFile('noise.csv', noisy), '--budget', '3s', '--json'];
        const { code, stdout } = await platform.run(words);
        const result = JSON.parse(stdout) as ShipResult;
        expect({ code, promoted: result.promoted, endpoint: result.endpoint }).toEqual({
          code: EXIT_REFUSED,
          promoted: false,
          endpoint: null,
        });
        const closed = result.gates.filter(({ passed }) => !passed);
        expect(closed.map(({ id }) => id)).toContain('beats-baseline');
        for (const { says } of closed) expect(result.verdict).toContain(says);
        expect(await answers()).toEqual(before);

        const model = await platform.answer<Model>(['models', 'show', 'concrete']);
        expect(model.champion).toBe(champion);
        expect(model.versions.map(({ version }) => version)).toEqual([3, 2, 1]);
      },
      3 * MINUTES,
    );

    it('a promotion by hand and a rollback change header, body and answer at once, and history is kept', async () => {
      const former = await answers();
      const promoted = await platform.answer<Endpoint>(['promote', 'concrete', '3']);
      expect(promoted.version).toBe(3);
      const now = await answers();
      expect(now.version).toBe(3);
      expect(now.value).not.toBe(former.value);

      const back = await platform.answer<Endpoint>(['rollback', 'concrete']);
      expect(back.version).toBe(champion);
      expect(await answers()).toEqual(former);
      const [last, before] = back.revisions;
      expect(last).toMatchObject({ version: champion, reason: 'rollback', by: 'owner' });
      expect(before).toMatchObject({ version: 3 });
      expect(back.revisions.map(({ revision }) => revision)).toEqual(
        back.revisions.map((_, place) => back.revisions.length - place),
      );
    });

    it('rows of another shape are refused, and nothing is appended', async () => {
      const { header, rows } = later;
      const narrow = await csvFile('narrow.csv', {
        header: header.slice(2),
        rows: rows.map((row) => row.slice(2)),
      });
      const { code, stdout } = await platform.run([
        'retrain',
        'concrete',
        narrow,
        '--budget',
        '3s',
        '--json',
      ]);
      expect({ code, failure: JSON.parse(stdout).error.code }).toEqual({
        code: 6,
        failure: 'file.column-missing',
      });
      const { versions } = await platform.client.call['datasets.get']({ params: { name: 'concrete' } });
      expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    });

    it('rows that were appended by mistake are rolled back by a new version, and the endpoint answers as before', async () => {
      const before = await answers();
      const made = await platform.answer<{ version: number; rows: number }>([
        ...['data', 'rollback', 'concrete', '--to', '2'],
      ]);
      expect(made).toMatchObject({ version: 4, rows: 1030 });
      const { versions } = await platform.client.call['datasets.get']({ params: { name: 'concrete' } });
      expect(versions.map(({ version, rows }) => [version, rows])).toEqual([
        [4, 1030],
        [3, 1030 + 6 * 330],
        [2, 1030],
        [1, 700],
      ]);
      expect(versions[0]).toMatchObject({ addedBytes: 0, source: 'version 3 rolled back to version 2' });
      expect(await answers()).toEqual(before);
      const again = await platform.run(['data', 'rollback', 'concrete', '--to', '2', '--json']);
      expect(JSON.parse(again.stdout).error.code).toBe('dataset.rollback-unneeded');
    });
  },
);

function repeated({ header, rows }: Rows, times: number): Rows {
  return { header, rows: Array.from({ length: times }, () => rows).flat() };
}

/** The same numbers in every run, between -1 and 1, that no column explains. */
function noise(row: number): number {
  return (
    Math.sin((row + 1) * 12.9898) * 43758.5453 - Math.floor(Math.sin((row + 1) * 12.9898) * 43758.5453) - 0.5
  );
}
