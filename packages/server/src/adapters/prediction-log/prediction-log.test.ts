import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PredictionBatch, PredictionRecord, TimeWindow } from '../../stages/serve/index.ts';
import { openPredictionLog } from './prediction-log.ts';
import { readPredictionLog } from './read-prediction-log.ts';

const NOON = Date.UTC(2026, 4, 1, 12);
const DAY = 86_400_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

function batch(ids: string[], at = NOON, rowText = '{"age":41}'): PredictionBatch {
  return {
    at,
    model: 'churn',
    version: 1,
    latencyUs: 50,
    ids,
    rowTexts: ids.map(() => rowText),
    answerTexts: ids.map(() => '"value":"Yes","probabilities":{"No":0.3,"Yes":0.7}'),
    scores: ids.map(() => 0.7),
  };
}

async function read(window: TimeWindow = {}, endpoint = 'churn'): Promise<PredictionRecord[]> {
  const records: PredictionRecord[] = [];
  for await (const some of readPredictionLog(folder, endpoint, window)) records.push(...some);
  return records;
}

const idsOf = (records: PredictionRecord[]) => records.map((record) => record.id);

async function segments(endpoint = 'churn'): Promise<string[]> {
  const names = await readdir(join(folder, endpoint), { recursive: true });
  return names.filter((name) => name.endsWith('.ndjson')).sort();
}

describe('the prediction log', () => {
  it('gives back what was appended, by endpoint', async () => {
    const log = openPredictionLog({ folder });
    log.append('churn', batch(['a', 'b']));
    log.append('other', batch(['c']));
    log.append('churn', batch(['d'], NOON + 5));
    expect(log.stats()).toEqual({ written: 0, dropped: 0, pending: 4 });
    await log.close();
    expect(log.stats()).toEqual({ written: 4, dropped: 0, pending: 0 });
    expect(idsOf(await read())).toEqual(['a', 'b', 'd']);
    expect(idsOf(await read({}, 'other'))).toEqual(['c']);
    expect((await read())[2]).toEqual({
      id: 'd',
      ts: '2026-05-01T12:00:00.005Z',
      model: 'churn',
      version: 1,
      latencyUs: 50,
      row: { age: 41 },
      score: 0.7,
      value: 'Yes',
      probabilities: { No: 0.3, Yes: 0.7 },
    });
  });

  it('writes by itself after a moment', async () => {
    const log = openPredictionLog({ folder, flushEveryMs: 1 });
    log.append('churn', batch(['a']));
    await expect.poll(() => log.stats().written).toBe(1);
    expect(idsOf(await read())).toEqual(['a']);
    log.append('churn', batch(['b']));
    await expect.poll(() => log.stats().written).toBe(2);
    expect(await segments()).toHaveLength(1);
    await log.close();
  });

  it('keeps the days apart, in UTC, and reads only those of the window', async () => {
    const midnight = NOON + DAY / 2;
    const log = openPredictionLog({ folder, clock: { now: () => midnight, monotonic: () => midnight } });
    log.append('churn', batch(['before'], midnight - 1));
    log.append('churn', batch(['after'], midnight));
    log.append('churn', batch(['later'], midnight + DAY));
    await log.close();
    expect((await segments()).map((name) => name.slice(0, 10))).toEqual([
      '2026-05-01',
      '2026-05-02',
      '2026-05-03',
    ]);
    expect(idsOf(await read())).toEqual(['before', 'after', 'later']);
    expect(idsOf(await read({ from: midnight }))).toEqual(['after', 'later']);
    expect(idsOf(await read({ to: midnight }))).toEqual(['before']);
    expect(idsOf(await read({ from: midnight, to: midnight + 1 }))).toEqual(['after']);
  });

  it('starts a new segment when one is full or old', async () => {
    let now = NOON;
    const clock = { now: () => now, monotonic: () => now };
    const limits = { maxSegmentBytes: 100, maxSegmentAgeMs: 1000 };
    const log = openPredictionLog({ folder, flushEveryMs: 1, clock, ...limits });
    for (const [id, age] of [
      ['a', 0],
      ['b', 0],
      ['c', 1000],
    ] as const) {
      now += age;
      const before = log.stats().written;
      log.append('churn', batch([id], now));
      await expect.poll(() => log.stats().written).toBe(before + 1);
    }
    await log.close();
    expect(await segments()).toHaveLength(3);
    expect(idsOf(await read())).toEqual(['a', 'b', 'c']);
  });

  it('leaves segments alone that were opened after the window or last written before it', async () => {
    const clock = { now: () => NOON, monotonic: () => NOON };
    const log = openPredictionLog({ folder, clock });
    log.append('churn', batch(['a'], NOON));
    await log.close();
    const [name] = await segments();
    const day = join(folder, 'churn', name!, '..');
    const unreadable = ['20260501T100000.000Z-000001-x.ndjson', '20260501T140000.000Z-000001-x.ndjson'];
    for (const each of unreadable) await mkdir(join(day, each)); // opening one would fail
    const longAgo = new Date(NOON - 3_600_000);
    await utimes(join(day, unreadable[0]!), longAgo, longAgo);
    expect(idsOf(await read({ from: NOON - 60_000, to: NOON + 60_000 }))).toEqual(['a']);
    await expect(read()).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('passes over a line that a crash tore, and never appends to another process’s segment', async () => {
    const first = openPredictionLog({ folder });
    first.append('churn', batch(['a', 'b']));
    await first.close();
    const [name] = await segments();
    await appendFile(join(folder, 'churn', name!), '{"id":"torn","ts":"2026-05-01T12:00');
    const second = openPredictionLog({ folder });
    second.append('churn', batch(['c']));
    await second.close();
    expect(await segments()).toHaveLength(2);
    expect(idsOf(await read()).sort()).toEqual(['a', 'b', 'c']);
  });

  it('keeps text that looks like a line end to others', async () => {
    const log = openPredictionLog({ folder });
    const note = 'one\u2028two\u2029three\u0085four\r';
    log.append('churn', batch(['a'], NOON, JSON.stringify({ note })));
    await log.close();
    expect((await read())[0]!.row).toEqual({ note });
  });

  it('drops and counts what its buffer cannot hold, and never more', async () => {
    const log = openPredictionLog({ folder, maxPendingBytes: 1000 });
    for (let i = 0; i < 100; i++) log.append('churn', batch([`id-${i}`]));
    const { pending, dropped } = log.stats();
    expect(pending + dropped).toBe(100);
    expect(dropped).toBeGreaterThan(50);
    await log.close();
    expect(await read()).toHaveLength(pending);
    log.append('churn', batch(['late']));
    expect(log.stats()).toEqual({ written: pending, dropped: dropped + 1, pending: 0 });
  });

  it('goes on after the disk refused, in a new segment', async () => {
    await writeFile(join(folder, 'churn'), 'a file where the folder should be');
    const log = openPredictionLog({ folder, flushEveryMs: 1 });
    log.append('churn', batch(['lost']));
    await expect.poll(() => log.stats().dropped).toBe(1);
    await rm(join(folder, 'churn'));
    log.append('churn', batch(['kept']));
    await log.close();
    expect(log.stats()).toEqual({ written: 1, dropped: 1, pending: 0 });
    expect(idsOf(await read())).toEqual(['kept']);
  });

  it('is readable by its owner alone', async () => {
    const log = openPredictionLog({ folder });
    log.append('churn', batch(['a']));
    await log.close();
    const [name] = await segments();
    expect((await stat(join(folder, 'churn', name!))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'churn'))).mode & 0o777).toBe(0o700);
  });

  it('stays inside its folder whatever an endpoint is called', async () => {
    const log = openPredictionLog({ folder: join(folder, 'log') });
    log.append('../escaped', batch(['a']));
    log.append('..', batch(['b']));
    await log.close();
    expect(await readdir(folder)).toEqual(['log']);
    expect((await readdir(join(folder, 'log'))).sort()).toEqual(['%2E%2E', '%2E%2E%2Fescaped']);
  });

  it('writes large batches whole', async () => {
    const log = openPredictionLog({ folder });
    const ids = Array.from({ length: 20_000 }, (_, i) => `id-${i}`);
    log.append('churn', batch(ids, NOON, JSON.stringify({ note: 'ü'.repeat(50) })));
    log.append('churn', batch(['long'], NOON, JSON.stringify({ note: '€'.repeat(300_000) })));
    await log.close();
    expect(idsOf(await read())).toEqual([...ids, 'long']);
    const [name] = await segments();
    expect((await readFile(join(folder, 'churn', name!), 'utf8')).endsWith('\n')).toBe(true);
  });

  it('is empty for an endpoint that never answered', async () => {
    expect(await read({}, 'never')).toEqual([]);
  });
});
