import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { lockFolder } from './folder-lock.ts';
import { openDataFolder } from './open-data-folder.ts';
import { ownIdentity } from './process-identity.ts';
import { secretFile } from './secret-file.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As another process would have left it. */
async function leaveLock(folder: string, holder: Partial<ReturnType<typeof ownIdentity>>): Promise<string> {
  const path = join(folder, 'lock.1');
  await writeFile(path, JSON.stringify({ ...ownIdentity(), ...holder, released: false }));
  return path;
}

async function otherProcess(): Promise<ChildProcess> {
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

describe('the lock of a data folder', () => {
  it('refuses a second opener and names who has it', async () => {
    const folder = await newFolder();
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'storage.locked',
      details: { folder, pid: process.pid },
    });
    await lock.release();
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('goes to one of many openers', async () => {
    const folder = await newFolder();
    for (let round = 0; round < 10; round++) {
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)));
      const won = tries.filter((one) => one.status === 'fulfilled');
      expect(won).toHaveLength(1);
      await won[0]!.value.release();
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toHaveLength(1);
  });

  it('goes to one of many that find the same dead holder', async () => {
    const folder = await newFolder();
    await leaveLock(folder, { pid: 2 ** 22 + 1 });
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('is kept by a process that lives', async () => {
    const folder = await newFolder();
    const { pid } = await otherProcess();
    const started = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')[19]!;
    await leaveLock(folder, { pid: pid!, startedAt: started });
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'storage.locked', details: { pid } });
  });

  it('is taken from a process that was killed', async () => {
    const folder = await newFolder();
    const child = await otherProcess();
    const started = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')[19]!;
    await leaveLock(folder, { pid: child.pid!, startedAt: started });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lockFolder(folder)).release();
  });

  it('is taken when its pid belongs to a later process', async () => {
    const folder = await newFolder();
    const { pid } = await otherProcess();
    await leaveLock(folder, { pid: pid!, startedAt: '1' });
    await (await lockFolder(folder)).release();
  });

  it('is taken after a reboot', async () => {
    const folder = await newFolder();
    const [host, namespace] = ownIdentity().place.split(' ');
    await leaveLock(folder, { place: `${host} ${namespace} an-earlier-boot` });
    await (await lockFolder(folder)).release();
  });

  it('of another container is kept while that shows life and taken when it does not', async () => {
    const folder = await newFolder();
    const path = await leaveLock(folder, { pid: 1, place: 'another-host pid:[1] boot' });
    let beats = 0;
    const beating = setInterval(() => void utimes(path, ++beats, beats).catch(() => {}), 20);
    let waits = 0;
    const patience = { silenceMs: 1000, onWait: () => waits++ };
    await expect(lockFolder(folder, patience)).rejects.toMatchObject({ code: 'storage.locked' });
    clearInterval(beating);
    await (await lockFolder(folder, patience)).release();
    expect(waits).toBe(2);
  });

  it('that a crash left half written holds nobody up', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'lock.7'), '{"pid":');
    await (await lockFolder(folder)).release();
  });

  it('leaves every other name alone, and a file of a lock that says something else', async () => {
    const folder = await newFolder();
    await placeFiles(folder, [
      'lock',
      'lock.txt',
      'lock.2.bak',
      'lock.007',
      'lock.3',
      'lock.4/mine',
      'lock-part_x',
    ]);
    const before = await filesOf(folder);
    for (let i = 0; i < 3; i++) await (await lockFolder(folder)).release();
    const { [LAST_LOCK]: lock, ...others } = await filesOf(folder);
    expect(lock).toBeDefined();
    expect(others).toEqual(before);
  });
});

/** After lock.4 there are three more, of which the last one stays. */
const LAST_LOCK = 'lock.7';

describe('a data folder', () => {
  it('is for its user alone', async () => {
    const folder = join(await newFolder(), 'data');
    const opened = await openDataFolder(folder, { version: '1.2.3' });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(opened.objects)).mode & 0o777).toBe(0o700);
    await expect(openDataFolder(folder, { version: '1.2.3' })).rejects.toMatchObject({
      code: 'storage.locked',
    });
    await opened.release();
  });

  it('keeps the owner key where only its user can read it', async () => {
    const path = join(await newFolder(), 'owner.key');
    const file = secretFile(path);
    expect(await file.read()).toBeUndefined();
    await file.write('slip_secret');
    expect(await file.read()).toBe('slip_secret');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps what lies beside the owner key', async () => {
    const folder = await newFolder();
    await placeFiles(folder, ['owner.key.bak', 'secret-part', 'secret-part_1']);
    const before = await filesOf(folder);
    const file = secretFile(join(folder, 'owner.key'));
    for (const secret of ['slip_one', 'slip_other']) await file.write(secret);
    const { 'owner.key': _, ...others } = await filesOf(folder);
    expect(others).toEqual(before);
  });
});
