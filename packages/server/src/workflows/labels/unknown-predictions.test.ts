import { describe, expect, it } from 'vitest';
import { type PredictionLogReader, predictionIds, predictionTime } from '../../stages/serve/index.ts';
import { unknownPredictions } from './unknown-predictions.ts';

const MOMENT = Date.UTC(2026, 2, 1);
const clock = { now: () => MOMENT, monotonic: () => 0 };
const next = predictionIds('p', 'abcdefgh', clock);

/** A log that remembers which time was asked for. */
function logOf(ids: readonly string[]) {
  const asked: { from?: number; to?: number }[] = [];
  const log = {
    async *read(_: string, window: { from?: number; to?: number }) {
      asked.push(window);
      for (const id of ids) yield [{ id }];
    },
  };
  return { asked, log: log as unknown as PredictionLogReader };
}

describe('ids of labels', () => {
  it('tell when the prediction was made', () => {
    expect(predictionTime(next())).toBe(MOMENT);
    expect(['p_1', '42', next().toUpperCase(), ''].map(predictionTime)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that the log does not hold are counted, each once', async () => {
    const [logged, other, never] = [next(), next(), next()];
    const { log } = logOf([logged, other]);
    expect(await unknownPredictions(log, 'e', [logged, other])).toBe(0);
    expect(await unknownPredictions(log, 'e', [logged, never, never, 'order-7'])).toBe(2);
  });

  it('are looked for in their own time only, and in all time when their callers made them', async () => {
    const { log, asked } = logOf(['order-8']);
    expect(await unknownPredictions(log, 'e', ['order-7', 'order-8'])).toBe(1);
    expect(asked.splice(0)).toEqual([{}]);
    await unknownPredictions(log, 'e', [next()]);
    expect(asked).toEqual([{ from: MOMENT - 300_000, to: MOMENT + 300_000 }]);
  });

  it('of a time that nobody lived in hide none of the others', async () => {
    const logged = next();
    const { log, asked } = logOf([logged]);
    expect(await unknownPredictions(log, 'e', [logged, `p_${'z'.repeat(22)}`])).toBe(1);
    expect(new Date(asked[0]!.to!).getUTCFullYear()).toBe(9999);
  });

  it('are not told of when there is too much to look through', async () => {
    const { log } = logOf(Array.from({ length: 50 }, next));
    expect(await unknownPredictions(log, 'e', [next()], 10)).toBeUndefined();
  });
});
