import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { PredictionBatch } from '../../stages/serve/index.ts';
import { readRecordLine } from '../../stages/serve/index.ts';
import { outputPredictionLog } from './output-prediction-log.ts';

function batch(ids: string[]): PredictionBatch {
  return {
    at: Date.UTC(2026, 4, 1, 12),
    model: 'churn',
    version: 1,
    latencyUs: 50,
    ids,
    rowTexts: ids.map(() => '{"note":"a\\nb"}'),
    answerTexts: ids.map(() => '"value":"Yes","probabilities":{"No":0.3,"Yes":0.7}'),
    scores: ids.map(() => 0.7),
  };
}

/** An output that takes what is written when `release` is called, or at once. */
function output({ stalls = false, fails = false } = {}) {
  const waiting: (() => void)[] = [];
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      const take = () => {
        text += chunk.toString();
        done(fails ? new Error('EPIPE') : null);
      };
      if (stalls) waiting.push(take);
      else take();
    },
  });
  return { stream, text: () => text, release: () => void waiting.splice(0).map((take) => take()) };
}

describe('the prediction log on an output', () => {
  it('is a line of JSON a record, which names the endpoint and reads as a record of the log', async () => {
    const { stream, text } = output();
    const log = outputPredictionLog(stream);
    log.append('churn "1"', batch(['a', 'b']));
    await log.close();
    const lines = text().trimEnd().split('\n');
    expect(lines.map((line) => readRecordLine(line)?.id)).toEqual(['a', 'b']);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      log: 'prediction',
      endpoint: 'churn "1"',
      ts: '2026-05-01T12:00:00.000Z',
      row: { note: 'a\nb' },
      value: 'Yes',
    });
    expect(log.stats()).toEqual({ written: 2, dropped: 0, pending: 0 });
  });

  it('drops and counts what a stalled output cannot take, and waits for the rest when it is closed', async () => {
    const { stream, text, release } = output({ stalls: true });
    const log = outputPredictionLog(stream, { maxPendingBytes: 10 });
    log.append('churn', batch(['a']));
    log.append('churn', batch(['b', 'c']));
    expect(log.stats()).toEqual({ written: 0, dropped: 2, pending: 1 });
    const closed = log.close();
    log.append('churn', batch(['late']));
    release();
    await closed;
    expect(log.stats()).toEqual({ written: 1, dropped: 3, pending: 0 });
    expect(text().split('\n')).toHaveLength(2);
  });

  it('counts as dropped what an output refused, and goes on', async () => {
    const { stream } = output({ fails: true });
    const log = outputPredictionLog(stream);
    log.append('churn', batch(['a']));
    await expect.poll(() => log.stats()).toEqual({ written: 0, dropped: 1, pending: 0 });
    log.append('churn', batch(['b']));
    expect(log.stats().dropped).toBe(2);
    await log.close();
  });
});
