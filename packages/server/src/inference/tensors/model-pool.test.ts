import { fail } from '@slipway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValues, encodeValues, type ModelProcess, type Tensor } from '../../stages/pack/index.ts';
import { type ModelPool, modelPool, type PoolOptions } from './model-pool.ts';

/** A process that adds one to every number, when it is let; and can be told to die or to fail. */
function puppets() {
  const runs: number[][] = [];
  const alive: { die: (reason: string) => void }[] = [];
  let held: Promise<void> = Promise.resolve();
  const start = async (): Promise<ModelProcess> => {
    let die: (reason: string) => void = () => {};
    const ended = new Promise<string>((resolve) => {
      die = resolve;
    });
    const lost = ended.then((reason) => Promise.reject(fail('model.lost', { reason })));
    lost.catch(() => undefined);
    alive.push({ die });
    return {
      pid: alive.length,
      inputs: [],
      outputs: [],
      ended,
      residentBytes: () => undefined,
      kill: () => die('it was ended'),
      async run([input]) {
        await Promise.race([held, lost]);
        const values = input!.parts.flatMap((bytes) => numbersOf({ ...input!, bytes }));
        runs.push(values);
        if (values.includes(666)) throw fail('model.run-failed', { reason: 'bad number' });
        const bytes = encodeValues(
          'float64',
          values.map((value) => value + 1),
          'y',
        );
        return [{ name: 'y', type: 'float64', shape: input!.shape, bytes }];
      },
    };
  };
  /** Keeps runs from ending until the returned function is called. */
  const hold = () => {
    let go: () => void = () => {};
    held = new Promise((resolve) => {
      go = resolve;
    });
    return go;
  };
  return { start, runs, alive, hold };
}

function numbersOf(tensor: Omit<Tensor, 'name'>): number[] {
  const { type, bytes } = tensor;
  return decodeValues({ type, bytes, shape: [bytes.byteLength / 8] }) as number[];
}

function input(values: readonly number[]): Tensor[] {
  return [
    { name: 'x', type: 'float64', shape: [values.length], bytes: encodeValues('float64', values, 'x') },
  ];
}

async function opened(start: PoolOptions['start'], options: Partial<PoolOptions> = {}): Promise<ModelPool> {
  const pool = modelPool({
    name: 'sums',
    start,
    bytesEach: 0,
    maxHeld: 100,
    maxHoldMs: 5000,
    maxBatchRows: 64,
    maxDelayMs: 0,
    maxWaitingRows: 100,
    runTimeoutMs: 1000,
    ...options,
  });
  await pool.open();
  return pool;
}

async function answerOf(pool: ModelPool, values: readonly number[], deadlineAt?: number): Promise<number[]> {
  return numbersOf((await pool.run(input(values), { deadlineAt, shared: true })).outputs[0]!);
}

describe('requests for one model', () => {
  it('each get the answer to their own rows, however they are run together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 9 }), {
          maxLength: 30,
        }),
        fc.integer({ min: 1, max: 40 }),
        async (requests, maxBatchRows) => {
          const { start, runs } = puppets();
          const pool = await opened(start, { maxBatchRows, maxWaitingRows: 1000 });
          const answers = await Promise.all(requests.map((values) => answerOf(pool, values)));
          expect(answers).toEqual(requests.map((values) => values.map((value) => value + 1)));
          const tooLong = runs.filter((run) => run.length > Math.max(maxBatchRows, 9));
          expect(tooLong).toEqual([]);
          await pool.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are run at once when the model is idle, and together when it was busy', async () => {
    const { start, runs, hold } = puppets();
    const pool = await opened(start);
    const go = hold();
    const answers = [[1], [2], [3, 4]].map((values) => answerOf(pool, values));
    go();
    expect(await Promise.all(answers)).toEqual([[2], [3], [4, 5]]);
    expect(runs).toEqual([[1], [2, 3, 4]]);
  });

  it('run alone and at once where their rows may depend on each other', async () => {
    const { start, runs, hold } = puppets();
    const pool = await opened(start, { maxDelayMs: 60_000 });
    const go = hold();
    const alone = [[1], [2], [3, 4]].map((values) => pool.run(input(values)));
    go();
    await Promise.all(alone);
    expect(runs).toEqual([[1], [2], [3, 4]]);
  });

  it('count by their rows', async () => {
    const { start, runs, hold } = puppets();
    const pool = await opened(start, { maxBatchRows: 3 });
    const go = hold();
    const answers = [[1], [2, 2], [3, 3], [4]].map((values) => answerOf(pool, values));
    go();
    await Promise.all(answers);
    expect(runs).toEqual([[1], [2, 2, 4], [3, 3]]);
  });

  it('wait for others when they are told to', async () => {
    const { start, runs } = puppets();
    const pool = await opened(start, { maxDelayMs: 40 });
    await Promise.all([answerOf(pool, [1]), answerOf(pool, [2])]);
    expect(runs).toEqual([[1, 2]]);
  });

  it('do not suffer from one that the runtime refuses', async () => {
    const { start, hold } = puppets();
    const pool = await opened(start);
    const go = hold();
    const first = answerOf(pool, [0]);
    const answers = [[1], [666], [3]].map((values) => answerOf(pool, values));
    const settled = Promise.allSettled(answers);
    go();
    await first;
    const [one, bad, three] = await settled;
    expect([one, three]).toMatchObject([{ value: [2] }, { value: [4] }]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'model.run-failed' } });
  });

  it('are refused at once when too many rows wait', async () => {
    const { start, hold } = puppets();
    const pool = await opened(start, { maxWaitingRows: 3 });
    const go = hold();
    const taken = [answerOf(pool, [1]), answerOf(pool, [2, 3])];
    await expect(answerOf(pool, [4, 5])).rejects.toMatchObject({ code: 'predict.overloaded' });
    go();
    expect(await Promise.all(taken)).toEqual([[2], [3, 4]]);
  });

  it('end when their time is over, while the model is still busy', async () => {
    const { start, hold } = puppets();
    const pool = await opened(start);
    const go = hold();
    const patient = answerOf(pool, [1]);
    await expect(answerOf(pool, [2], performance.now() + 20)).rejects.toMatchObject({
      code: 'predict.too-late',
    });
    go();
    expect(await patient).toEqual([2]);
  });

  it('fail with the process that they ran in, and no others do', async () => {
    const { start, alive, hold } = puppets();
    const pool = await opened(start);
    const go = hold();
    const running = answerOf(pool, [1]);
    const waiting = answerOf(pool, [2]);
    alive[0]!.die('it was ended by SIGSEGV');
    await expect(running).rejects.toMatchObject({ code: 'model.lost' });
    go();
    expect(await waiting).toEqual([3]);
    expect(pool.state()).toMatchObject({ workers: 1, deaths: 1, isResting: false });
  });

  it('are refused with a time to come back while a model rests that keeps dying', async () => {
    const { start, alive, hold } = puppets();
    const pool = await opened(start);
    hold();
    for (const death of [0, 1, 2]) {
      const doomed = answerOf(pool, [death]);
      await expect.poll(() => alive.length).toBe(death + 1);
      alive[death]!.die('it was ended by SIGSEGV');
      await expect(doomed).rejects.toMatchObject({ code: 'model.lost' });
    }
    await expect(answerOf(pool, [4])).rejects.toMatchObject({
      code: 'model.resting',
      details: { deaths: 3, retryAfterSeconds: 1 },
    });
    expect(pool.state().isResting).toBe(true);
    await expect.poll(() => pool.state().workers, { timeout: 5000 }).toBe(1);
  });

  it('are answered by as many processes as there shall be, and by fewer later', async () => {
    const { start, alive, hold } = puppets();
    const pool = await opened(start, { maxBatchRows: 1 });
    const go = hold();
    const answers = [[1], [2], [3]].map((values) => answerOf(pool, values));
    pool.resize(2);
    await expect.poll(() => pool.state().busy).toBe(2);
    go();
    expect(await Promise.all(answers)).toEqual([[2], [3], [4]]);
    pool.resize(1);
    expect(pool.state()).toMatchObject({ workers: 1, deaths: 0 });
    expect(alive).toHaveLength(2);
  });

  it('tell what one more process will take: as those that are there do, or as much as was thought', async () => {
    const { start } = puppets();
    let residentBytes: number | undefined;
    const pool = await opened(async () => ({ ...(await start()), residentBytes: () => residentBytes }), {
      bytesEach: 70,
    });
    expect([pool.bytesEach(), pool.state().bytes]).toEqual([70, undefined]);
    residentBytes = 90;
    expect([pool.bytesEach(), pool.state().bytes]).toEqual([90, 90]);
    pool.resize(0);
    expect([pool.bytesEach(), pool.state().bytes]).toEqual([90, 0]);
  });

  it('keep their process when it shall go, until they are answered', async () => {
    const { start, hold } = puppets();
    const pool = await opened(start);
    const go = hold();
    const answer = answerOf(pool, [1]);
    pool.resize(0);
    expect(pool.state()).toMatchObject({ workers: 1, zeroSince: undefined });
    go();
    expect(await answer).toEqual([2]);
    pool.resize(0);
    expect(pool.state()).toMatchObject({ workers: 0, bytes: 0, zeroSince: expect.any(Number) });
  });

  it('bring a process back that went, once for all of them', async () => {
    const { start, alive } = puppets();
    const pool = await opened(start);
    pool.resize(0);
    const answers = [[1], [2], [3]].map((values) => answerOf(pool, values));
    expect(pool.state().held).toBe(3);
    expect(await Promise.all(answers)).toEqual([[2], [3], [4]]);
    expect(alive).toHaveLength(2);
    expect(pool.state()).toMatchObject({ workers: 1, coldStarts: 1, held: 0, zeroSince: undefined });
  });

  it('fail while a model does not come back, and make it rest', async () => {
    const { start } = puppets();
    let isBroken = false;
    const pool = await opened(() =>
      isBroken ? Promise.reject(fail('model.lost', { reason: 'it is broken' })) : start(),
    );
    pool.resize(0);
    isBroken = true;
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(answerOf(pool, [1])).rejects.toMatchObject({ code: 'model.lost' });
    await expect(answerOf(pool, [1])).rejects.toMatchObject({ code: 'model.resting' });
    isBroken = false;
    await expect
      .poll(() => answerOf(pool, [1]).catch(() => undefined), { timeout: 10_000, interval: 50 })
      .toEqual([2]);
  });

  it('that are held while a process starts are answered before a pool closes', async () => {
    const { start } = puppets();
    const pool = await opened(start);
    pool.resize(0);
    const answers = [[1], [2]].map((values) => answerOf(pool, values));
    const closed = pool.close();
    expect(await Promise.all(answers)).toEqual([[2], [3]]);
    await closed;
    expect(pool.state().workers).toBe(0);
  });

  it('whose process dies while a pool closes are told, and the pool is closed', async () => {
    const { start, alive, hold } = puppets();
    hold();
    const pool = await opened(start, { maxBatchRows: 1 });
    const answers = [[1], [2]].map((values) => answerOf(pool, values));
    const told = Promise.allSettled(answers);
    const closed = pool.close();
    alive[0]!.die('it was killed');
    expect((await told).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await closed;
  });

  it('are all answered before a pool closes, and none after', async () => {
    const { start } = puppets();
    const pool = await opened(start);
    const answers = [[1], [2], [3]].map((values) => answerOf(pool, values));
    await pool.close();
    expect(await Promise.all(answers)).toEqual([[2], [3], [4]]);
    await expect(answerOf(pool, [4])).rejects.toMatchObject({ code: 'endpoint.not-ready' });
    expect(pool.state().workers).toBe(0);
  });
});
