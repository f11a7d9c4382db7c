import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProcessGroups } from './process-groups.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-groups-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A folder as the kernel shows a group of version 2, but that files in it are plain ones. */
async function group(path: string, controllers: string): Promise<void> {
  await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, path, 'cgroup.subtree_control'), `${controllers}\n`);
}

async function find(membership: string) {
  await writeFile(join(root, 'membership'), membership);
  return findProcessGroups(root, join(root, 'membership'));
}

describe('control groups of version 2 (plain folders stand for them)', () => {
  it('are not made in a slice of the service manager, nor at the top', async () => {
    await group('system.slice', 'pids');
    await group('.', 'pids');
    expect(await find('0::/system.slice/slipway.service\n')).toBeUndefined();
    expect(await find('0::/slipway\n')).toBeUndefined();
    expect(await find('0::/\n')).toBeUndefined();
    expect(await readdir(join(root, 'system.slice'))).toEqual(['cgroup.subtree_control']);
  });

  it('are not made where the system says nothing', async () => {
    expect(await find('')).toBeUndefined();
    expect(await find('0::/a.service/server\n')).toBeUndefined();
  });
});

const version1 = await readFile('/proc/self/cgroup', 'utf8')
  .then((text) => /^\d+:(?:[^:]*,)?pids(?:,[^:]*)?:/m.test(text))
  .catch(() => false);
const groups = version1 ? findProcessGroups() : undefined;

describe.skipIf(groups === undefined)('a control group of the kernel (needs the right to make one)', () => {
  it('has its limit and its members, and is gone when it is closed', async () => {
    const made = groups!.open(77);
    expect(await readFile(made.membersFile.replace('cgroup.procs', 'pids.max'), 'utf8')).toBe('77\n');
    expect(await readFile(made.membersFile, 'utf8')).toBe('');
    made.close();
    await expect(readFile(made.membersFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has a name of its own among those of all sandboxes of this process', () => {
    const [one, another] = [groups!.open(77), findProcessGroups()!.open(77)];
    expect(one.membersFile).not.toBe(another.membersFile);
    for (const made of [one, another]) made.close();
  });
});
