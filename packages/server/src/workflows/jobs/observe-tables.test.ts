import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import { ingestFile } from '../../stages/ingest/index.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { StageProgress } from '../model.ts';
import { observeTables } from './observe-tables.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const ROWS = 20_000;
const CSV = `id,value\n${Array.from({ length: ROWS }, (_, i) => `${i},${i / 7}`).join('\n')}\n`;

/** Ingests while the timer of the reports fires at each step, whatever the machine's pace. */
async function newsOfIngest(): Promise<{ news: StageProgress[]; rows: number; bytes: number }> {
  const file = await lake.file('observed.csv', CSV);
  const bytes = (await stat(file)).size;
  const news: StageProgress[] = [];
  let report = () => {};
  const timers = vi.spyOn(globalThis, 'setInterval').mockImplementation((callback) => {
    report = callback as () => void;
    return 0 as unknown as NodeJS.Timeout;
  });
  try {
    const { tables } = observeTables(lake.ports.tables, (one) => news.push(one), systemClock);
    const stepping = {
      open: async (options: Parameters<typeof tables.open>[0]) => {
        const workspace = await tables.open(options);
        return new Proxy(workspace, {
          get(target, name) {
            report();
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    };
    const ingested = await ingestFile(
      { file, fileName: 'observed.csv' },
      { tables: stepping, objects: lake.ports.objects },
    );
    report();
    return { news, rows: ingested.manifest.rows, bytes };
  } finally {
    timers.mockRestore();
  }
}

test('the reading of a file is told step by step, its share never falling and its bytes never above the file', async () => {
  const { news, bytes } = await newsOfIngest();
  const steps = [...new Set(news.map(({ says }) => says))];
  expect(steps).toEqual(['surveying', 'reading', 'profiling']);
  const shares = news.map(({ progress }) => progress!);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeLessThanOrEqual(1);
  for (const { facts, stage, state } of news) {
    expect({ stage, state }).toEqual({ stage: 'ingest', state: 'running' });
    expect([bytes, undefined]).toContain(facts.totalBytes);
    expect(facts.bytesRead).toBeLessThanOrEqual(bytes);
  }
  expect(news.at(-1)).toMatchObject({ progress: 1, facts: { bytesRead: bytes, rows: ROWS } });
});

test('what is ingested through an observed engine is what is ingested without', async () => {
  const file = await lake.file('same.csv', CSV);
  const plain = await ingestFile({ file, fileName: 'same.csv' }, lake.ports);
  const observer = observeTables(lake.ports.tables, () => {}, systemClock);
  const observed = await ingestFile(
    { file, fileName: 'same.csv' },
    { tables: observer.tables, objects: lake.ports.objects },
  );
  observer.stop();
  expect(observed.manifest).toEqual(plain.manifest);
  expect(observed.profile).toEqual(plain.profile);
});
