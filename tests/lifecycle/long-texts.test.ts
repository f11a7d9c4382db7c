import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/server/src/kernel/index.ts';
import { cleanUp, newFolder, type Platform, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const CHARACTERS = 50_000;

afterAll(cleanUp);

/** So many characters about one mood. */
function essay(mood: string, characters: number, seed: number): string {
  const random = seededRandom(seed);
  const words =
    mood === 'glad' ? ['good', 'warm', 'kind', 'the', 'of'] : ['bad', 'cold', 'rude', 'the', 'of'];
  let text = '';
  while (text.length < characters) text += `${words[Math.floor(random() * words.length)]} `;
  return `${text.slice(0, characters - 1)}.`;
}

describe('a column of texts as long as fifty thousand characters', () => {
  let platform: Platform;
  let shipped: ShipResult;
  const moods = Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? 'glad' : 'sad'));
  const texts = moods.map((mood, row) => essay(mood, row < 2 ? CHARACTERS : 60, row));

  beforeAll(async () => {
    platform = await startPlatform();
    const file = join(await newFolder(), '..', 'essays.csv');
    const lines = texts.map((text, row) => `${text},${row < 38 ? moods[row] : ''}`);
    await writeFile(file, `essay,mood\n${lines.join('\n')}\n`);
    shipped = await platform.answer<ShipResult>([
      ...['ship', file, '--target', 'mood', '--budget', '1s', '--no-default-gates'],
    ]);
  }, 3 * MINUTES);

  it('is shown whole in a preview, and taken and answered in rows to predict', async () => {
    const { rows } = await platform.client.call['datasets.preview']({
      params: { name: 'essays', version: 1 },
      body: { limit: 2 },
    });
    // Compared as numbers and booleans, since a difference of such texts would be printed whole.
    expect(rows.map(({ essay: text }) => String(text).length)).toEqual([CHARACTERS, CHARACTERS]);
    expect(rows.map(({ essay: text }, row) => text === texts[row])).toEqual([true, true]);
    const { url, token } = shipped.endpoint!;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [{ essay: texts[0] }, { essay: texts[1] }] }),
    });
    expect(response.status).toBe(200);
    const { predictions } = (await response.json()) as PredictResponse;
    expect(predictions.map(({ value }) => value)).toEqual(['glad', 'sad']);
  });

  it('is shown whole to those who label', async () => {
    await platform.answer(['label', 'open', 'essays', '--target', 'mood', '--relabel', '--name', 'moods']);
    const wanted = new Set<unknown>(texts.slice(0, 2));
    for (let i = 0; i < texts.length && wanted.size > 0; i++) {
      const { task } = await platform.client.call['labelling.next']({ params: { queue: 'moods' } });
      wanted.delete(task!.values.essay);
      await platform.client.call['labelling.skip']({ params: { queue: 'moods', task: task!.id }, body: {} });
    }
    expect(wanted.size).toBe(0);
  });

  it('is too long for a label of a prediction, which is refused with its own limit', async () => {
    const labels = [{ id: 'a-prediction', value: texts[0]! }];
    const call = platform.client.call['labels.add']({ params: { name: 'essays' }, body: { labels } });
    const error = await call.catch((reason: unknown) => reason as { code: string; message: string });
    expect(error).toMatchObject({ code: 'labels.all-refused' });
    expect((error as { message: string }).message).toContain('A label has at most 1000 characters.');
  });
});
