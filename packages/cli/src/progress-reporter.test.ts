import { expect, test } from 'vitest';
import { progressReporter } from './progress-reporter.ts';

function recorded(kind: 'json' | 'terminal' | 'plain') {
  const written: string[] = [];
  let nowMs = 0;
  const output = { isTTY: kind === 'terminal', columns: 100, write: (text: string) => written.push(text) };
  const progress = progressReporter(kind === 'json', output, () => nowMs);
  return {
    progress,
    written,
    events: () => written.map((text) => JSON.parse(text) as Record<string, unknown>),
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

const MEBIBYTE = 1024 ** 2;

test('with --json each line is an event with bytes, percentage, elapsed time and rate', () => {
  const { progress, written, events, wait } = recorded('json');
  progress.update({ phase: 'upload', bytes: 0, totalBytes: 400 });
  wait(2_000);
  progress.update({ phase: 'upload', bytes: 100, totalBytes: 400 });
  progress.end();
  expect(written.every((text) => text.endsWith('\n'))).toBe(true);
  expect(events()).toEqual([
    { event: 'progress', phase: 'upload', bytes: 0, totalBytes: 400, percent: 0, elapsedSeconds: 0 },
    {
      event: 'progress',
      phase: 'upload',
      bytes: 100,
      totalBytes: 400,
      percent: 25,
      elapsedSeconds: 2,
      bytesPerSecond: 50,
    },
  ]);
});

test('with --json there is at most one event a second, and always the last of a phase', () => {
  const { progress, events, wait } = recorded('json');
  for (let rows = 0; rows <= 1_000; rows += 10) {
    progress.update({ phase: 'predict', rows, totalRows: 1_000 });
    wait(25);
  }
  progress.end();
  progress.end();
  expect(events().map(({ rows }) => rows)).toEqual([0, 400, 800, 1_000]);
  expect(events().at(-1)).toMatchObject({ percent: 100, totalRows: 1_000 });
});

test('a new phase ends the one before with its last event and begins to count time anew', () => {
  const { progress, events, wait } = recorded('json');
  progress.update({ phase: 'upload', bytes: 0, totalBytes: 10 });
  wait(500);
  progress.update({ phase: 'upload', bytes: 10, totalBytes: 10 });
  progress.update({ phase: 'ingest', share: 0.5 });
  progress.end();
  expect(events().map(({ phase, percent, elapsedSeconds }) => [phase, percent, elapsedSeconds])).toEqual([
    ['upload', 0, 0],
    ['upload', 100, 0.5],
    ['ingest', 50, 0],
  ]);
});

test('on a terminal one line is updated, and cleared at the end', () => {
  const { progress, written, wait } = recorded('terminal');
  progress.update({ phase: 'upload', bytes: 0, totalBytes: 400 * MEBIBYTE });
  wait(50);
  progress.update({ phase: 'upload', bytes: MEBIBYTE, totalBytes: 400 * MEBIBYTE });
  wait(1_950);
  progress.update({ phase: 'upload', bytes: 100 * MEBIBYTE, totalBytes: 400 * MEBIBYTE });
  progress.end();
  const clear = '\r\u001b[2K';
  expect(written).toHaveLength(3);
  expect(written.every((text) => text.startsWith(clear) && !text.includes('\n'))).toBe(true);
  expect(written[1]).toContain('100.0 MiB of 400.0 MiB  25 %  2.0 s  50.0 MiB/s');
  expect(written.at(-1)).toBe(clear);
});

test('without a terminal what is over within ten seconds prints nothing, and a longer phase few plain lines', () => {
  const { progress, written, wait } = recorded('plain');
  progress.update({ phase: 'upload', bytes: 5, totalBytes: 5 });
  wait(9_000);
  progress.end();
  expect(written).toEqual([]);
  for (let rows = 0; rows <= 24_000; rows += 1_000) {
    progress.update({ phase: 'predict', rows, totalRows: 24_000 });
    wait(1_000);
  }
  progress.end();
  expect(written.map((text) => /[\d,]+ of 24,000 rows/.exec(text)?.[0])).toEqual([
    '10,000 of 24,000 rows',
    '20,000 of 24,000 rows',
    '24,000 of 24,000 rows',
  ]);
});

test('a share that is not known is null, and a message is told', () => {
  const { progress, events } = recorded('json');
  progress.update({ phase: 'predict', message: 'reading the rows' });
  expect(events()).toEqual([
    { event: 'progress', phase: 'predict', percent: null, elapsedSeconds: 0, message: 'reading the rows' },
  ]);
});

test('reading a file shows its bytes and, once they are counted, its rows', () => {
  const { progress, written, wait } = recorded('terminal');
  progress.update({ phase: 'ingest', share: 0 });
  wait(4_000);
  const read = { bytes: 400 * MEBIBYTE, totalBytes: 400 * MEBIBYTE, rows: 5_000_000 };
  progress.update({ phase: 'ingest', share: 0.8, ...read });
  expect(written[1]).toContain('400.0 MiB of 400.0 MiB  5,000,000 rows  80 %  4.0 s  100.0 MiB/s');
});
