import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobKind } from '../workflows/index.ts';
import { loadConfig } from './config.ts';
import { jobBudgets } from './job-budgets.ts';

const MEBIBYTE = 1024 ** 2;
const FILE = { sha256: 'a'.repeat(64), filename: 'x.csv' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-budgets-'));
  await writeFile(join(folder, FILE.sha256), new Uint8Array(3 * MEBIBYTE));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const budgetOf = (kind: JobKind, input: unknown, flags: string[] = []) => {
  const set = ['work.jobCpuSeconds=100', 'work.previewCpuSeconds=10', 'work.trialThreads=4', ...flags];
  const { config } = loadConfig({ environment: {}, flags: set, folder });
  return jobBudgets(config, (hash) => join(folder, hash))({ kind, input });
};

describe('the budget of a job', () => {
  it('has processor time by the files and versions that it reads, wherever its input names them', async () => {
    const manifest = { segments: [{ sha256: 'b'.repeat(64) }], bytes: 5 * MEBIBYTE };
    expect((await budgetOf('ingest', { file: FILE, parent: null })).cpuSeconds).toBe(100 + 3 * 20);
    expect((await budgetOf('ingest', { file: FILE, parent: { manifest } })).cpuSeconds).toBe(100 + 8 * 20);
    expect((await budgetOf('preview', { manifest })).cpuSeconds).toBe(10 + 5 * 20);
    expect((await budgetOf('import-model', { file: FILE })).cpuSeconds).toBe(800 + 3 * 20);
    const gone = { ...FILE, sha256: 'c'.repeat(64) };
    expect((await budgetOf('ingest', { file: gone })).cpuSeconds).toBe(100);
  });

  it('of a training follows from the one that it was asked for, for each of its threads', async () => {
    const { cpuSeconds } = await budgetOf('candidate', { budgetSeconds: 3600 });
    expect(cpuSeconds).toBe(4 * (10 * 3600 + 800));
  });

  it('of predictions begins anew with each part that is written, not while the file is read', async () => {
    const { markOf } = await budgetOf('predict-file', { file: FILE });
    const news = (facts: unknown) => markOf?.({ stage: 'serve', facts });
    expect(news({ step: 'reading', bytesRead: 5, rows: 1000 })).toBeUndefined();
    expect(news({ rows: 200, parts: ['a'], totalRows: 1000 })).toBe(200);
    expect(markOf?.({ stage: 'serve' })).toBeUndefined();
    const batch = await budgetOf('batch', { source: { file: FILE } });
    expect(batch.markOf?.({ facts: { rows: 300, of: 1000 } })).toBe(300);
    expect((await budgetOf('ingest', { file: FILE })).markOf).toBeUndefined();
  });

  it('has memory as the settings say, else by those of heap, reading, training and models', async () => {
    const told = await budgetOf('ingest', {}, ['work.jobMemoryMegabytes=700']);
    expect(told.memoryBytes).toBe(700 * MEBIBYTE);
    const small = ['work.heapMegabytes=256', 'ingest.memoryLimitMegabytes=128'];
    const models = ['work.trainingMemoryMegabytes=256', 'pack.modelMemoryMegabytes=300'];
    expect((await budgetOf('ingest', {}, [...small, ...models])).memoryBytes).toBe(
      (256 + 128 + 300 + 1024) * MEBIBYTE,
    );
    expect((await budgetOf('candidate', { budgetSeconds: 1 }, [...small, ...models])).memoryBytes).toBe(
      (256 + 128 + 300 + 1024 + 4 * 256) * MEBIBYTE,
    );
  });
});
