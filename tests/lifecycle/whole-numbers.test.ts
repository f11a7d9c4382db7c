import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/server/src/kernel/index.ts';
import { cleanUp, newFolder, type Platform, startPlatform } from './slipway.ts';

const MINUTES = 60_000;

afterAll(cleanUp);

/** Fifteen visits at most, of which income tells something. */
function visits(rows: number): string {
  const random = seededRandom(4);
  const lines = Array.from({ length: rows }, () => {
    const income = 100 * random();
    return `${income.toFixed(2)},${1 + Math.floor(Math.min(14.9, income / 10 + 5 * random()))}`;
  });
  return `income,visits\n${lines.join('\n')}\n`;
}

describe('a target of whole numbers with fifteen values', () => {
  let platform: Platform;
  let file: string;
  const words = ['--target', 'visits', '--budget', '1s'];
  beforeAll(async () => {
    platform = await startPlatform();
    file = join(await newFolder(), '..', 'visits.csv');
    await writeFile(file, visits(600));
  }, 2 * MINUTES);

  it(
    'is read as classes, and the output, the API and the card say so with the way out',
    async () => {
      const { stdout, stderr } = await platform.run(['train', file, ...words]);
      const said =
        /visits has only \d+ values, whole numbers close together, so each of them is a class\. .*\(--task regression\)/;
      expect(`${stdout}${stderr}`.replaceAll(/\s+/g, ' ')).toMatch(said);
      const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: {} });
      const { result, stages } = pipelineRuns[0]!;
      expect(result!.taskInferred).toMatchObject({
        other: 'regression',
        reason: expect.stringMatching(said),
      });
      expect(stages.find(({ stage }) => stage === 'prepare')!.says).toMatch(said);
      const card = await platform.run(['models', 'card', 'visits', '1']);
      expect(card.stdout.replaceAll('\\', '')).toMatch(said);
    },
    MINUTES,
  );

  it(
    'is predicted as a number where that is asked for, and then there is nothing to say',
    async () => {
      const asked = [...words, '--name', 'number', '--task', 'regression'];
      const result = await platform.answer<ShipResult>(['train', file, ...asked]);
      expect(result.task).toBe('regression');
      expect(result.taskInferred).toBeUndefined();
    },
    MINUTES,
  );
});
