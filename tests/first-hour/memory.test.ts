import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { cleanUp, newFolder, slipway, start } from '../lifecycle/slipway.ts';
import { type MemoryGroup, memoryGroup } from './memory-group.ts';

const MINUTES = 60_000;
const FREE_PORTS = ['--port', '0', '--inference-port', '0'];
const NAMES = ['age', 'plan', 'city', 'left'];

const probe = memoryGroup(64);
await probe?.remove();

afterAll(cleanUp, MINUTES);

function groupOf(megabytes: number): MemoryGroup {
  const group = memoryGroup(megabytes)!;
  onTestFinished(() => group.remove());
  return group;
}

/** Another program of the container takes all but so much. */
async function fill(group: MemoryGroup, leaveMegabytes: number): Promise<void> {
  const [file = '', ...rest] = [...group.starter, process.execPath, '--eval', BALLAST];
  const megabytes = 512 - group.usedMegabytes() - leaveMegabytes - NODE_MEGABYTES;
  const child = spawn(file, [...rest, String(megabytes)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
}

const NODE_MEGABYTES = 12;
const BALLAST = `
  const kept = Buffer.alloc(Number(process.argv[1]) * 1024 ** 2, 1);
  setInterval(() => kept[0], 1000);
  console.log('full');
`;

/** Every tenth row lacks its answer. */
async function tableIn(folder: string, rows: number): Promise<string> {
  const lines = Array.from({ length: rows }, (_, row) =>
    [18 + ((row * 7) % 70), row % 3 ? 'gold' : 'silver', `town${row % 40}`, row % 10 ? row % 2 : ''].join(
      ',',
    ),
  );
  const path = join(folder, '..', `${rows}-rows.csv`);
  await writeFile(path, `${[NAMES.join(','), ...lines].join('\n')}\n`);
  return path;
}

describe.skipIf(probe === undefined)('with little memory (needs the right to make control groups)', () => {
  it(
    'of 512 MiB a new folder takes a file in, shows it and has it labelled; a training is refused before it begins',
    async () => {
      const folder = await newFolder();
      const group = groupOf(512);
      const options = { starter: group.starter, env: { SLIPWAY_DATA: folder } };
      const up = start(['up', ...FREE_PORTS], options);
      await up.says(
        /memory {5}512 MiB: one import at a time, 192 MiB for a job; no training, which needs 1024 MiB/,
      );
      await up.says(/Ctrl-C stops it/);
      const table = await tableIn(folder, 20_000);
      for (const args of [
        ['data', 'add', table, '--name', 'small', '--preview'],
        ['data', 'add', table, '--name', 'small'],
        ['data', 'list'],
        ['label', 'open', 'small', '--target', 'left', '--limit', '5'],
        ['label', 'next', 'small-left'],
      ])
        expect(await slipway(args, options), args.join(' ')).toMatchObject({ code: 0 });
      const settings = await slipway(['config', '--json'], options);
      expect(JSON.parse(settings.stdout).entries).toContainEqual(
        expect.objectContaining({ key: 'ingest.memoryLimitMegabytes', value: 96, from: 'memory' }),
      );
      const doctor = await slipway(['doctor'], options);
      expect(doctor.stdout).toMatch(/memory.*512 MiB: one import at a time/);
      const train = await slipway(['train', table, '--target', 'left'], options);
      expect(train).toMatchObject({ code: 7, stderr: expect.stringContaining('A training needs 1024 MiB') });
      expect(group.kills()).toBe(0);
      process.stderr.write(`512 MiB: at most ${group.peakMegabytes()} MiB were used\n`);
      up.signal('SIGTERM');
      expect(await up.finished).toMatchObject({ code: 0 });
    },
    5 * MINUTES,
  );

  it(
    'the kernel ends a job that takes too much and not the platform, and the job, the log and the command say so',
    async () => {
      const folder = await newFolder();
      const group = groupOf(512);
      const options = { starter: group.starter, env: { SLIPWAY_DATA: folder } };
      const up = start(['up', ...FREE_PORTS], options);
      await up.says(/Ctrl-C stops it/);
      await fill(group, 40);
      const table = await tableIn(folder, 20_000);
      const add = await slipway(['data', 'add', table, '--name', 'small'], { env: options.env });
      expect(group.kills()).toBe(1);
      expect(add.stderr).toContain('Out of memory: the kernel ended the job');
      expect(add.stderr).toContain('has no more than 512 MiB');
      expect(await readFile(join(folder, 'logs/control.log'), 'utf8')).toContain(
        'Out of memory: the kernel ended',
      );
      up.signal('SIGTERM');
      expect(await up.finished).toMatchObject({ code: 0 });
    },
    5 * MINUTES,
  );

  it(
    'that a start does not do with, the command says so',
    async () => {
      const folder = await newFolder();
      const { starter } = groupOf(128);
      const ended = await slipway(['up', ...FREE_PORTS, '--data', folder], { starter });
      expect(ended).toMatchObject({ code: 7, stderr: expect.stringContaining('out of memory') });
      expect(ended.stderr).toContain('128 MiB');
    },
    2 * MINUTES,
  );
});
