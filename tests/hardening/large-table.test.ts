import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeMixedTable } from '../../bench/ingest/mixed-table.ts';
import { type Watched, watchMemory } from './memory-watch.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';

/** 25 MB in passing; `SLIPWAY_TEST_ROWS=5000000` for the 404 MB that docs/operations.md states figures of. */
const ROWS = Number(process.env['SLIPWAY_TEST_ROWS'] ?? 300_000);
const FEW_ROWS = 3_000;
const PATIENCE_MS = 300_000 + ROWS;
const MEBIBYTE = 1024 ** 2;

const PROGRAM = join(ROOT, 'packages/cli/bin/slipway.js');
/** Half of what is usual, so that the bound is seen to follow the settings. */
const INGEST_MEGABYTES = 512;
const TRAINING_MEGABYTES = 1024;
/** As docs/operations.md states it: what the processes take beside the larger of the two settings. */
const BESIDE_MEGABYTES = 768;
/** By which the command may take more memory for the large file than for the small one: what the collector leaves lying. */
const MOST_GROWTH_MEGABYTES = 64;

type Finished = { code: number | null; stdout: string; stderr: string; peakBytes: number };

/** Runs a command with --json and watches its memory. */
function slipway(server: ServerUnderTest, words: readonly string[]): Promise<Finished> {
  const flags = ['--server', server.url, '--token', server.ownerKey, '--json'];
  const child = spawn(process.execPath, [PROGRAM, ...words, ...flags], { cwd: tmpdir() });
  const watched = watchMemory(child.pid!);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) =>
    child.once('close', (code) => {
      watched.stop();
      resolve({ code, stdout, stderr, peakBytes: watched.peakTogether() });
    }),
  );
}

/** Seconds of each stage that ended, by the events of the command. */
function stagesOf({ stderr }: Finished): Record<string, number> {
  const events = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { event: string; stage: string; seconds: number });
  return Object.fromEntries(
    events.filter(({ event }) => event === 'stage').map(({ stage, seconds }) => [stage, seconds]),
  );
}

const megabytes = (bytes: number) => Math.round(bytes / MEBIBYTE);

describe.skipIf(process.platform !== 'linux')(`a table of ${ROWS} rows (needs /proc)`, () => {
  let folder: string;
  let server: ServerUnderTest;
  let watched: Watched;
  const fileOf = (rows: number) => join(folder, `rows-${rows}.csv`);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-large-table-'));
    for (const rows of [FEW_ROWS, ROWS]) await writeMixedTable(fileOf(rows), rows, 1);
    server = await startServer({
      folder: await newFolder(),
      set: [
        `ingest.memoryLimitMegabytes=${INGEST_MEGABYTES}`,
        `work.trainingMemoryMegabytes=${TRAINING_MEGABYTES}`,
      ],
    });
    watched = watchMemory(server.pid);
  }, PATIENCE_MS);
  afterAll(async () => {
    watched?.stop();
    await cleanUp();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'is shipped within a short budget, and the memory of no process grows with the file',
    async () => {
      const small = await slipway(server, ['data', 'add', fileOf(FEW_ROWS), '--name', 'small']);
      const words = ['--target', 'churned', '--budget', '8s', '--name', 'large'];
      const large = await slipway(server, ['ship', fileOf(ROWS), ...words]);
      const figures = {
        fileMegabytes: megabytes((await stat(fileOf(ROWS))).size),
        command: { small: megabytes(small.peakBytes), large: megabytes(large.peakBytes) },
        serverTogether: megabytes(watched.peakTogether()),
        largestProcess: megabytes(Math.max(...watched.peaks().values())),
      };
      console.info(JSON.stringify({ ...figures, stages: stagesOf(large) }));

      expect(large).toMatchObject({ code: 0, stderr: expect.not.stringContaining('internal') });
      const result = JSON.parse(large.stdout) as ShipResult;
      expect(result.model).toMatchObject({ version: 1 });
      expect(result.endpoint?.name).toBe('large');
      expect(small.code).toBe(0);
      expect(figures.command.large - figures.command.small).toBeLessThan(MOST_GROWTH_MEGABYTES);
      const bound = Math.max(INGEST_MEGABYTES, TRAINING_MEGABYTES) + BESIDE_MEGABYTES;
      expect(figures.serverTogether).toBeLessThan(bound);
    },
    PATIENCE_MS,
  );
});
