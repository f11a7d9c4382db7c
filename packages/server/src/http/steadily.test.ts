import { expect, it } from 'vitest';
import { steadily } from './steadily.ts';

/** A client that sends so many bytes each so many seconds, and a taker that needs ten seconds for each chunk. */
async function received(bytes: number, everySeconds: number, chunks: number): Promise<number> {
  let now = 0;
  async function* sent() {
    for (let i = 0; i < chunks; i++) {
      now += everySeconds * 1000;
      yield new Uint8Array(bytes);
    }
  }
  let taken = 0;
  for await (const chunk of steadily(sent(), 1000, { now: () => now, monotonic: () => now })) {
    taken += chunk.length;
    now += 10_000;
  }
  return taken;
}

it('an upload comes through that is fast enough, however slow its taker is', async () => {
  expect(await received(1000, 1, 200)).toBe(200_000);
});

it('a slow one has a minute, and is refused then', async () => {
  expect(await received(1, 20, 3)).toBe(3);
  await expect(received(1, 20, 4)).rejects.toMatchObject({
    code: 'request.too-slow',
    details: { seconds: 80 },
  });
});
