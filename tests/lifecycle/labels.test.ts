import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabelsTaken, PredictResponse } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, eventually, type Platform, startPlatform } from './slipway.ts';
import { csvFile, type Rows } from './tables.ts';

const MINUTES = 60_000;
const LIVE = 300;

type Prediction = PredictResponse['predictions'][number];

afterAll(cleanUp);

/** Tickets of three topics that depend on x and kind; among the rows that are trained on there is no `warranty`, and no red one. */
function tickets(rows: number, seed: number, isLive: boolean): Rows {
  const random = randomOf(seed);
  return {
    header: ['x', 'kind', 'topic'],
    rows: Array.from({ length: rows }, () => {
      const x = Math.round((random() * 4 - 2) * 100) / 100;
      const kind = isLive && random() < 0.4 ? 'red' : random() < 0.5 ? 'blue' : 'green';
      const known = x > 0.7 ? 'returns' : x > -0.7 ? 'delivery' : 'billing';
      return [String(x), kind, isLive && x < 0 && kind !== 'blue' ? 'warranty' : known];
    }),
  };
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** One platform, one story: labels of a class never seen, bad ones among them, a retraining, a correction. */
describe('labels of an endpoint', () => {
  let platform: Platform;
  let live: Rows;
  let predictions: Prediction[];
  const call = () => platform.client.call;
  const params = { name: 'tickets' };

  beforeAll(async () => {
    platform = await startPlatform();
    const file = await csvFile('tickets.csv', tickets(600, 1, false));
    await platform.answer(['ship', file, '--target', 'topic', '--budget', '4s']);
    live = tickets(LIVE, 2, true);
    const words = ['predict', 'tickets', await csvFile('live.csv', live)];
    predictions = (await platform.answer<{ predictions: Prediction[] }>(words)).predictions;
  }, 4 * MINUTES);

  it(
    'by file are all kept, those of a class never seen too, and bad ones are named with their line',
    async () => {
      const topics = live.rows.map(([, , topic]) => topic!);
      const unknown = topics.filter((topic) => topic === 'warranty').length;
      const lines = predictions.map(({ id }, row) => `${id},${topics[row]} ,2001-01-01T00:00:00Z`);
      const file = join(dirname(await csvFile('any.csv', live)), 'labels.csv');
      const late = `${predictions[0]!.id},returns,2031-01-01T00:00:00Z`;
      await writeFile(file, `id,value,observed_at\n${lines.join('\n')}\n${late}\n`);
      const { code, stdout } = await platform.run(['labels', 'add', 'tickets', file, '--json']);
      const taken = JSON.parse(stdout) as LabelsTaken;
      expect(code).toBe(0);
      expect(taken).toMatchObject({
        accepted: LIVE,
        replaced: 0,
        refused: 1,
        missing: 0,
        repeated: 0,
        unknown: 0,
        unknownClasses: [{ value: 'warranty', count: unknown }],
      });
      expect(taken.refusals).toMatchObject([
        { line: LIVE + 2, path: 'observed_at', value: '2031-01-01T00:00:00Z' },
      ]);
      const said = await platform.run(['labels', 'add', 'tickets', file]);
      expect(said.stderr).toContain(`${LIVE} labels are kept.`);
      expect(said.stderr).toMatch(
        /\d+ labels \(\d+ %\) are of a class that the model does not know: warranty/,
      );
      expect(said.stderr).toContain('1 label was not taken; the others were.');
    },
    2 * MINUTES,
  );

  it('by API and command line mean the same, and say what they replace', async () => {
    const [first, second] = predictions;
    const body = { labels: [{ id: first!.id, value: 'RETURNS' }] };
    const topic = live.rows[0]![2]!;
    const taken = await call()['labels.add']({ params, body });
    expect(taken).toMatchObject({ accepted: 1, replaced: topic === 'returns' ? 0 : 1, unknown: 0 });
    await platform.answer(['labels', 'add', 'tickets', first!.id, topic]);
    const future = ['--observed-at', '2031-01-01T00:00:00Z', '--json'];
    const refused = await platform.run(['labels', 'add', 'tickets', second!.id, 'returns', ...future]);
    const { error } = JSON.parse(refused.stdout) as { error: { code: string; path: string } };
    expect(error).toMatchObject({ code: 'labels.all-refused', path: 'labels[0].observedAt' });
    expect(refused.code).not.toBe(0);
  });

  it(
    'are taken into the dataset by a retraining of the policy, whatever time they were given',
    async () => {
      const words = ['--retrain', 'auto', '--min-labels', '50', '--cooldown-hours', '0'];
      await platform.answer(['endpoints', 'policy', 'tickets', ...words]);
      await platform.answer(['monitor', 'tickets']);
      const ended = async (count: number) =>
        eventually(
          `retraining ${count} that ended`,
          async () => {
            const { pipelineRuns } = await call()['pipelineRuns.list']({ query: { limit: 20 } });
            const over = pipelineRuns.filter(({ kind, state }) => kind === 'retrain' && state !== 'running');
            return over.length >= count ? over : undefined;
          },
          3 * MINUTES,
        );
      const [first] = await ended(1);
      expect(first!.failure).toBeNull();
      const versions = async () => (await call()['datasets.get']({ params })).versions;
      expect((await versions())[0]).toMatchObject({ version: 2, rows: 600 + LIVE });
      const rowsOf = async (version: number, offset: number) =>
        (await call()['datasets.preview']({ params: { ...params, version }, body: { offset, limit: 1 } }))
          .rows[0];
      expect(await rowsOf(2, 600)).toMatchObject({ topic: live.rows[0]![2]! });
    },
    5 * MINUTES,
  );
});
