import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { processRecord } from '../data-folder/index.ts';
import { endOrphan } from './end-orphan.ts';

let folder: string;
let logs: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-orphan-'));
  logs = join(folder, 'predictions');
  await mkdir(logs);
  await writeFile(join(folder, 'inference.js'), PROGRAM);
  await writeFile(join(folder, 'other.js'), PROGRAM);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const PROGRAM = `
  const does = process.argv.at(-1);
  if (does === 'drains') process.on('SIGTERM', () => setTimeout(() => process.exit(), 100));
  if (does === 'spins') process.on('SIGTERM', () => {});
  process.stdout.write('here\\n', () => {
    if (does === 'spins') for (;;);
    setInterval(() => {}, 1000);
  });`;

/** A process that a server left, and how it ended. */
async function left(program: string, logDir: string, does: string) {
  const child = spawn(process.execPath, [join(folder, program), '--log-dir', logDir, does], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await once(child.stdout, 'data');
  const record = processRecord(join(folder, 'process.json'));
  record.keep(child.pid!);
  return { child, ended, former: record.former()! };
}

const own = () => ({ program: 'inference.js', words: ['--log-dir', logs] as const });
const SHORT_MS = 300;

describe.skipIf(process.platform !== 'linux')('what a former server left', () => {
  it('may end in order', async () => {
    const { former, ended } = await left('inference.js', logs, 'drains');
    expect(await endOrphan(former, own(), 60_000)).toBe('ended');
    expect(await ended).toEqual([0, null]);
  });

  it('is killed when it takes no notice, and at once where it is stopped', async () => {
    const spinning = await left('inference.js', logs, 'spins');
    expect(await endOrphan(spinning.former, own(), SHORT_MS)).toBe('ended');
    expect(await spinning.ended).toEqual([null, 'SIGKILL']);

    const stopped = await left('inference.js', logs, 'waits');
    stopped.child.kill('SIGSTOP');
    expect(await endOrphan(stopped.former, own(), 600_000)).toBe('ended');
    expect(await stopped.ended).toEqual([null, 'SIGKILL']);
  });

  it('is recognised by another path to its folder', async () => {
    const link = join(folder, 'link');
    await symlink(logs, link);
    const { former } = await left('inference.js', link, 'waits');
    expect(await endOrphan(former, own(), SHORT_MS)).toBe('ended');
  });

  it.each([
    ['another program', 'other.js', () => logs],
    ['the program for another folder', 'inference.js', () => join(folder, 'elsewhere')],
  ])('goes on where it is %s', async (_, program, logDir) => {
    const { former, child } = await left(program, logDir(), 'waits');
    expect(await endOrphan(former, own(), SHORT_MS)).toBe('foreign');
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('goes on where its number is another process by now, and is nothing where it has ended', async () => {
    const { former, child, ended } = await left('inference.js', logs, 'waits');
    expect(await endOrphan({ ...former, startedAt: '1' }, own(), SHORT_MS)).toBe('none');
    expect(child.exitCode ?? child.signalCode).toBeNull();
    child.kill('SIGKILL');
    await ended;
    expect(await endOrphan(former, own(), SHORT_MS)).toBe('none');
  });
});
