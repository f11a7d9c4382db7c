import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newSecret } from '../../access/index.ts';
import { newId } from '../../kernel/index.ts';
import { filesOf, placeFiles, treeOf } from '../../testing/folder-tree.ts';
import { closeToOthers } from './close-to-others.ts';
import { MARKER } from './data-folder-marker.ts';
import { openDataFolder } from './open-data-folder.ts';
import { ownIdentity } from './process-identity.ts';

let home: string;
let data: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  data = join(home, 'data');
  onTestFinished(() => rm(home, { recursive: true, force: true }));
});

const open = (folder = data, allowForeign = false) =>
  openDataFolder(folder, { version: '1.2.3', allowForeign });
const openAndRelease = async (folder = data, allowForeign = false) => {
  const opened = await open(folder, allowForeign);
  await opened.release();
  return opened;
};
const markerOf = async (folder = data) =>
  JSON.parse(await readFile(join(folder, MARKER), 'utf8')) as Record<string, unknown>;
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** A data folder as a version that wrote no marker left it. */
async function placeEarlier({ embedded = true, lock = true, key = true } = {}): Promise<void> {
  for (const part of ['objects', 'work', 'predictions', 'bundles', 'keys', 'trials', 'shelves'])
    await mkdir(join(data, part), { recursive: true });
  await chmod(data, 0o700);
  await writeFile(join(data, 'keys', 'bundle-signing.pem'), 'a key');
  if (key) await writeFile(join(data, 'owner.key'), `${newSecret().secret}\n`);
  if (lock) await writeFile(join(data, 'lock.7'), JSON.stringify({ ...ownIdentity(), released: true }));
  if (embedded) await placeFiles(data, ['database/PG_VERSION']);
}

async function refusal(folder: string): Promise<string> {
  const failure: unknown = await open(folder).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'storage.not-a-data-folder' });
  return (failure as Error).message;
}

describe('a folder becomes a data folder', () => {
  it('when it is missing: it is made for its user alone, and marked', async () => {
    const opened = await openAndRelease(join(home, 'a', 'b'));
    expect(await modeOf(opened.path)).toBe('700');
    expect(opened.warnings).toEqual([]);
    const marker = await markerOf(opened.path);
    expect(marker).toEqual({
      format: 1,
      installation: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      version: '1.2.3',
    });
    expect(opened.installation).toBe(marker.installation);
  });

  it('when it is empty, also but for lost+found and what a killed start left of a marker', async () => {
    const unfinished = `${MARKER}.${newId('new')}`;
    await placeFiles(data, ['lost+found/of-the-file-system', unfinished]);
    await openAndRelease();
    expect(await modeOf(data)).toBe('700');
    expect(existsSync(join(data, 'lost+found', 'of-the-file-system'))).toBe(true);
    expect(existsSync(join(data, unfinished))).toBe(false);
  });

  it('through a link to an empty folder', async () => {
    await mkdir(data);
    await symlink(data, join(home, 'link'));
    await openAndRelease(join(home, 'link'));
    expect(await readdir(data)).toContain(MARKER);
  });

  it('once: opened again it keeps its installation, whatever lies in it by then', async () => {
    const { installation } = await openAndRelease();
    await placeFiles(data, ['notes.txt', `${MARKER}.bak`]);
    const before = await markerOf();
    expect((await openAndRelease()).installation).toBe(installation);
    expect(await markerOf()).toEqual(before);
    expect(existsSync(join(data, `${MARKER}.bak`))).toBe(true);
  });

  it('of one of many starts at once; the others find it locked', async () => {
    for (let round = 0; round < 5; round++) {
      const folder = join(home, `at-once-${round}`);
      const starts = await Promise.allSettled(Array.from({ length: 12 }, () => open(folder)));
      const won = starts.filter((one) => one.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const start of starts)
        if (start.status === 'rejected') expect(start.reason).toMatchObject({ code: 'storage.locked' });
      expect((await markerOf(folder)).installation).toBe(won[0]!.value.installation);
      expect((await readdir(folder)).filter((name) => name.startsWith(MARKER))).toEqual([MARKER]);
      await won[0]!.value.release();
    }
  });
});

describe('a folder of a user', () => {
  it.each([
    ['with a file', ['README.md']],
    ['with folders named like ours', ['work/a', 'shelves/b', 'trials/c', 'objects/d']],
    ['with a PostgreSQL of its own', ['database/PG_VERSION', 'objects/logo.png', 'lock.1', 'owner.key']],
    ['with a file that is called almost like the marker', [`${MARKER}.bak`]],
  ])('%s is refused and stays as it is', async (_, names) => {
    await placeFiles(data, names);
    await chmod(data, 0o755);
    const before = await treeOf(data);
    expect(await refusal(data)).toContain(names[0]!.split('/')[0]);
    expect(await treeOf(data)).toEqual(before);
  });

  it('is named in the refusal with some of what lies in it, and no character acts on a terminal', async () => {
    await placeFiles(data, ['a\u001b[31m', 'b', 'c', 'd', 'e', 'f']);
    const says = await refusal(data);
    expect(says).toContain(data);
    expect(says).toContain('a?[31m, b, c, d and 2 more');
  });

  it('is refused through a link, too, as are a link to nothing, a file, a path below a file and the root', async () => {
    await placeFiles(data, ['mine']);
    await symlink(data, join(home, 'link'));
    await symlink(join(home, 'nowhere'), join(home, 'dangling'));
    await symlink('/', join(home, 'to-the-root'));
    const before = await treeOf(home);
    expect(await refusal(join(home, 'link'))).toContain('mine');
    expect(await refusal(join(home, 'dangling'))).toContain('a link to a place that does not exist');
    expect(await refusal(join(data, 'mine'))).toContain('not a folder');
    expect(await refusal(join(data, 'mine', 'below'))).toContain('a part of its path is a file');
    expect(await refusal('/')).toContain('the root of the file system');
    expect(await refusal(join(home, 'to-the-root'))).toContain('the root of the file system');
    expect(await treeOf(home)).toEqual(before);
  });
});

describe('a data folder of an earlier version', () => {
  it.each([
    ['its database, lock and objects', {}],
    ['its database and owner key, restored without the lock', { lock: false }],
    ['its database and lock, with the owner key lost', { key: false }],
    ['its bundle key and objects, where the metadata lie in PostgreSQL', { embedded: false }],
  ])('is recognised by %s, and marked', async (_, parts) => {
    await placeEarlier(parts);
    const { installation } = await openAndRelease();
    expect((await markerOf()).installation).toBe(installation);
  });

  it('is not marked while another server has it', async () => {
    await placeEarlier();
    await writeFile(join(data, 'lock.8'), JSON.stringify({ ...ownIdentity(), released: false }));
    const before = await treeOf(data);
    await expect(open()).rejects.toMatchObject({ code: 'storage.locked' });
    expect(await treeOf(data)).toEqual(before);
  });

  it.each([
    ['neither lock nor owner key', { lock: false, key: false }, []],
    ['no objects', {}, ['objects']],
    ['neither database nor bundles', { embedded: false }, ['bundles']],
    ['neither database nor bundle key', { embedded: false }, ['keys']],
  ])('is not seen in a folder with %s', async (_, parts, without) => {
    await placeEarlier(parts);
    for (const name of without) await rm(join(data, name), { recursive: true });
    const before = await treeOf(data);
    await refusal(data);
    expect(await treeOf(data)).toEqual(before);
  });
});

describe('a marker', () => {
  it.each(['', '{"format":1,', '[]', '{"format":1}', '{"format":"2"}'])(
    'that reads %j is refused as damaged, and nothing is touched',
    async (text) => {
      await openAndRelease();
      await writeFile(join(data, MARKER), text);
      const before = await treeOf(data);
      await expect(open()).rejects.toMatchObject({
        code: 'storage.marker-unreadable',
        message: expect.stringContaining(join(data, MARKER)),
      });
      expect(await treeOf(data)).toEqual(before);
    },
  );

  it('of a newer format is refused, and nothing is touched', async () => {
    await openAndRelease();
    await writeFile(join(data, MARKER), '{"format":2}');
    const before = await treeOf(data);
    await expect(open()).rejects.toMatchObject({ code: 'storage.newer' });
    expect(await treeOf(data)).toEqual(before);
  });
});

describe('the mode of a data folder', () => {
  it('is closed to others at every start, and that of the files and folders beside ours stays', async () => {
    await openAndRelease();
    await placeFiles(data, ['notes.txt', 'mine/work/a']);
    await placeFiles(home, ['neighbour/file']);
    await chmod(data, 0o755);
    const before = {
      mine: await treeOf(join(data, 'mine')),
      neighbour: await treeOf(join(home, 'neighbour')),
    };
    const notes = await stat(join(data, 'notes.txt'));
    expect((await openAndRelease()).warnings).toEqual([]);
    expect(await modeOf(data)).toBe('700');
    expect((await stat(join(data, 'notes.txt'))).ctimeMs).toBe(notes.ctimeMs);
    expect(await treeOf(join(data, 'mine'))).toEqual(before.mine);
    expect(await treeOf(join(home, 'neighbour'))).toEqual(before.neighbour);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'stays where the folder belongs to another user and is accepted, as a volume may be; that is told (needs root)',
    async () => {
      await mkdir(data);
      await chown(data, 65_534, 65_534);
      await chmod(data, 0o2775);
      const { warnings } = await openAndRelease(data, true);
      expect(((await stat(data)).mode & 0o7777).toString(8)).toBe('2775');
      expect(warnings).toEqual([
        expect.stringContaining('mode 2775'),
        expect.stringContaining('belongs to user 65534'),
      ]);
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'that the file system does not let go of is told, and no reason to end (needs Linux)',
    async () => {
      const path = `/proc/${process.pid}/task`;
      expect(await closeToOthers(path)).toContain('mode 555');
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'does not matter where nobody may write: that is a failure with a code (needs Linux)',
    async () => {
      await expect(open('/sys/slipway')).rejects.toMatchObject({ code: 'storage.unwritable' });
    },
  );
});

describe('a folder that others control', () => {
  it.skipIf(process.getuid === undefined).each([0o770, 0o702, 0o777])(
    'since its group or all users can write to it is refused as it is, mode %o (needs modes)',
    async (mode) => {
      await openAndRelease();
      await chmod(data, mode);
      const before = await treeOf(data);
      await expect(open(data)).rejects.toMatchObject({
        code: 'storage.open-to-others',
        details: { mode: mode.toString(8) },
      });
      expect(await treeOf(data)).toEqual(before);
      await openAndRelease(data, true);
    },
  );

  it.skipIf(process.getuid === undefined)(
    'is closed and used when it is empty and of this user (needs modes)',
    async () => {
      await mkdir(data);
      await chmod(data, 0o777);
      await openAndRelease();
      expect(await modeOf(data)).toBe('700');
    },
  );

  it.skipIf(process.getuid?.() !== 0)(
    'since it belongs to another user is refused as it is, empty or full (needs root)',
    async () => {
      await mkdir(data);
      await chown(data, 65_534, 65_534);
      await expect(open(data)).rejects.toMatchObject({ code: 'storage.foreign-owner' });
      await chown(data, 0, 0);
      await openAndRelease();
      await chown(data, 65_534, 65_534);
      const before = await treeOf(data);
      await expect(open(data)).rejects.toMatchObject({
        code: 'storage.foreign-owner',
        details: { owner: 65_534, user: 0 },
      });
      expect(await treeOf(data)).toEqual(before);
    },
  );
});

describe('what jobs left in work/', () => {
  const job = newId('job');
  const foreign = [
    'notes.txt',
    'job_1/mine',
    'job_notes/mine',
    `${job}.bak`,
    `${job.toUpperCase()}/mine`,
    'graphs/mine',
  ];

  it('goes at the next start, and nothing else there', async () => {
    const { work } = await openAndRelease();
    await placeFiles(work, [...foreign, `${job}/table-x/rows.parquet`]);
    await openAndRelease();
    expect(existsSync(join(work, job))).toBe(false);
    await placeFiles(home, foreign);
    for (const name of foreign) expect(await readFile(join(work, name), 'utf8')).toBe(`${name} of a user\n`);
  });

  it('goes through a link that leads out of the data folder by the same rule, and no link is followed in removing', async () => {
    const { work } = await openAndRelease();
    const elsewhere = join(home, 'elsewhere');
    const project = join(home, 'project');
    await placeFiles(elsewhere, foreign);
    await placeFiles(project, ['src/main.ts']);
    const [mine, theirs] = [await filesOf(elsewhere), await treeOf(project)];
    await placeFiles(elsewhere, [`${job}/scratch`]);
    await symlink(project, join(elsewhere, newId('job')));
    await symlink(project, join(elsewhere, job, 'link'));
    await rm(work, { recursive: true });
    await symlink(elsewhere, work);
    await openAndRelease();
    expect(await filesOf(elsewhere)).toEqual(mine);
    expect(await treeOf(project)).toEqual(theirs);
  });
});
