import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerMemory, type Lease } from './answer-memory.ts';

const MIB = 1024 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Ten MiB, of which one endpoint has five at most; a second of patience. */
function tenMegabytes() {
  const memory = answerMemory({ totalBytes: 10 * MIB, maxHoldMs: 1000 });
  const admitted: string[] = [];
  /** What comes of it is told once it is there. */
  function take(owner: string, megabytes: number, deadlineAt?: number): Promise<Lease> {
    const taken = Promise.resolve(memory.take(owner, megabytes * MIB, deadlineAt));
    taken.then(
      () => admitted.push(owner),
      () => {},
    );
    return taken;
  }
  return { memory, take, admitted };
}

describe('the memory of answers', () => {
  it('is given as long as there is some, and back when answers are sent', async () => {
    const { memory, take } = tenMegabytes();
    const [first] = await Promise.all([take('a', 3), take('b', 5)]);
    expect(memory.state()).toEqual({ bytes: 8 * MIB, waiting: 0 });
    first.release();
    expect(memory.state()).toEqual({ bytes: 5 * MIB, waiting: 0 });
  });

  it('is never more than half for one endpoint, whose others wait in their order', async () => {
    const { memory, take, admitted } = tenMegabytes();
    const first = await take('a', 5);
    const later = [take('a', 4), take('a', 2)];
    await take('b', 5);
    expect(admitted).toEqual(['a', 'b']);
    first.release();
    await later[0];
    expect([admitted, memory.state().waiting]).toEqual([['a', 'b', 'a'], 1]);
    (await later[0]!).release();
    await later[1];
    expect(memory.state()).toEqual({ bytes: 7 * MIB, waiting: 0 });
  });

  it('goes in turns to endpoints that wait', async () => {
    const { take, admitted } = tenMegabytes();
    const held = await Promise.all([take('x', 5), take('y', 5)]);
    admitted.length = 0;
    const waiting = [take('a', 3), take('a', 3), take('a', 3), take('b', 3)];
    held[0]!.release();
    await waiting[0];
    held[1]!.release();
    await waiting[3];
    expect(admitted).toEqual(['a', 'b']);
  });

  it('is refused after a time, or the caller’s own, and then nothing is taken', async () => {
    const { memory, take } = tenMegabytes();
    const first = await take('a', 5);
    const [patient, hasty] = [take('a', 1), take('a', 1, performance.now() + 100)];
    const ended = Promise.allSettled([patient, hasty]);
    vi.advanceTimersByTime(1000);
    expect(await ended).toMatchObject([
      { reason: { code: 'predict.overloaded' } },
      { reason: { code: 'predict.too-late' } },
    ]);
    first.release();
    expect(memory.state()).toEqual({ bytes: 0, waiting: 0 });
  });

  it('is refused at once for what would never fit, and where too many wait', async () => {
    const { memory, take } = tenMegabytes();
    expect(() => memory.take('a', 6 * MIB)).toThrow(
      expect.objectContaining({
        code: 'predict.answer-too-large',
        details: { bytes: 6 * MIB, limitBytes: 5 * MIB },
      }),
    );
    await take('a', 5);
    for (let i = 0; i < 64; i++) void take('a', 1).catch(() => {});
    expect(() => memory.take('a', MIB)).toThrow(expect.objectContaining({ code: 'predict.overloaded' }));
    // Small answers wait for nobody.
    expect(memory.take('a', 1000)).not.toBeInstanceOf(Promise);
  });

  it('lets in those that wait when an answer turns out smaller than it might have been', async () => {
    const { memory, take } = tenMegabytes();
    const first = await take('a', 5);
    const next = take('a', 4);
    first.set(MIB);
    await next;
    expect(memory.state()).toEqual({ bytes: 5 * MIB, waiting: 0 });
  });
});
