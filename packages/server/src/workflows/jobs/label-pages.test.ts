import { expect, it } from 'vitest';
import type { Label } from '../../metadata/index.ts';
import { labelObject } from '../labels/label-object.ts';
import { labelPages } from './label-pages.ts';

const LABELS = 120_000;

/** 120,000 labels, in pages as the database gives them. */
async function* pages(): AsyncGenerator<Label[]> {
  for (let from = 0; from < LABELS; from += 5000) {
    yield Array.from({ length: 5000 }, (_, i) => ({
      endpoint: 'e',
      predictionId: `p-${from + i}`,
      value: 'Zürich',
      observedAt: '2026-01-01T00:00:00.000Z',
      arrivedAt: '2026-01-02T00:00:00.000Z',
      source: 'test',
    }));
  }
}

it('labels travel to a job and are read there part by part, none of them whole', async () => {
  const parts: Uint8Array[] = [];
  let largest = 0;
  const objects = {
    async put(bytes: Uint8Array | AsyncIterable<Uint8Array>) {
      for await (const part of bytes as AsyncIterable<Uint8Array>) {
        largest = Math.max(largest, part.byteLength);
        parts.push(part);
      }
      return { sha256: 'labels', bytes: 0 };
    },
    /** In pieces that end inside of lines, and of letters. */
    async *read() {
      for (const part of parts)
        for (let at = 0; at < part.length; at += 65_521) yield part.slice(at, at + 65_521);
    },
  };
  const stores = { labels: { count: async () => LABELS, pages } };
  expect(await labelObject({ stores: stores as never, objects }, 'e', {})).toBe('labels');
  expect(largest).toBeLessThan(1_500_000);

  let [rows, longest] = [0, 0];
  for await (const page of labelPages(objects, 'labels')) {
    expect(page[0]).toMatchObject({ predictionId: `p-${rows}`, value: 'Zürich' });
    rows += page.length;
    longest = Math.max(longest, page.length);
  }
  expect({ rows, longest }).toEqual({ rows: LABELS, longest: 5000 });
});

it('no labels are no object, and no pages', async () => {
  const stores = { labels: { count: async () => 0 } };
  expect(await labelObject({ stores: stores as never, objects: {} as never }, 'e', {})).toBeNull();
  for await (const _ of labelPages({} as never, null)) expect.unreachable();
});
