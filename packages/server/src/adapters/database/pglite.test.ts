import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fsyncSync, statfsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { newId, seededRandom } from '../../kernel/index.ts';
import type { Database } from '../../metadata/index.ts';
import { bundleProgram } from '../../testing/bundle-program.ts';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { dataLayout, openDataFolder } from '../data-folder/index.ts';
import { openFileObjects } from '../objects/index.ts';
import { initialisePglite } from './initialise-pglite.ts';
import { openPglite, type PgliteOptions } from './pglite.ts';
import { MIGRATIONS, placeEmptyPglite } from './pglite-under-test.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pglite-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As {@link newFolder}, with an empty database in it. */
async function newDatabaseFolder(): Promise<string> {
  const folder = await newFolder();
  await placeEmptyPglite(dataLayout(folder).database);
  return folder;
}

async function openIn(folder: string, options: Partial<PgliteOptions> = {}): Promise<Database> {
  const database = await openPglite(dataLayout(folder).database, { migrations: MIGRATIONS, ...options });
  onTestFinished(() => database.close());
  return database;
}

/** At most one of a name is running. */
const pipelineRun = () => ({ name: newId('j'), kind: 'ship', request: null }) as const;

describe('the embedded database', () => {
  it('syncs its log once for each commit, and not for a read', async () => {
    let syncs = 0;
    const fsync = (descriptor: number) => {
      syncs += 1;
      fsyncSync(descriptor);
    };
    const database = await openIn(await newDatabaseFolder(), { fsync });
    await database.stores.pipelineRuns.create(pipelineRun());
    syncs = 0;
    for (let i = 0; i < 50; i++) await database.stores.pipelineRuns.create(pipelineRun());
    expect(syncs).toBe(50);
    await database.stores.pipelineRuns.list();
    expect(syncs).toBe(50);
  });

  it('tells nobody "done" when the disk refuses a sync, and recovers by itself', async () => {
    let broken = false;
    const fsync = (descriptor: number) => {
      if (broken) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      fsyncSync(descriptor);
    };
    const database = await openIn(await newDatabaseFolder(), { fsync });
    const kept = await database.stores.pipelineRuns.create(pipelineRun());
    broken = true;
    const refused = [
      database.stores.pipelineRuns.create(pipelineRun()),
      database.transaction(async ({ audit }) => audit.append({ who: 'a', what: 'b', subject: 'c' })),
    ];
    for (const one of await Promise.allSettled(refused)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'storage.unavailable' } });
    }
    broken = false;
    expect(await database.stores.pipelineRuns.get(kept.id)).toEqual(kept);
    await database.stores.pipelineRuns.create(pipelineRun());
    expect(await database.stores.audit.verify()).toMatchObject({ holds: true });
  });

  it('opens again as it was closed, and leaves nothing unfinished behind', async () => {
    const folder = await newDatabaseFolder();
    const database = await openIn(folder);
    const kept = await database.stores.pipelineRuns.create(pipelineRun());
    await database.close();
    await database.close();
    await expect(database.stores.pipelineRuns.get(kept.id)).rejects.toMatchObject({
      code: 'storage.unavailable',
    });
    const again = await openIn(folder);
    expect(await again.stores.pipelineRuns.get(kept.id)).toEqual(kept);
    expect(await readdir(folder)).toEqual(['database']);
  });

  it('starts over when a crash left a database half made', async () => {
    const folder = await newFolder();
    const unfinished = join(folder, `database.${newId('new')}`);
    await mkdir(unfinished);
    await writeFile(join(unfinished, 'PG_VERSION'), '18');
    await openIn(folder);
    expect(await readdir(folder)).toEqual(['database']);
  });

  it('keeps whatever else lies beside it, and takes no folder of that name that is not its own', async () => {
    const folder = await newFolder();
    await placeFiles(folder, ['database.bak/mine', 'database.new-1/mine', 'database.new_1', 'mine.txt']);
    await chmod(join(folder, 'database.bak'), 0o755);
    const before = await filesOf(folder);
    await initialisePglite(dataLayout(folder).database);
    expect(await filesOf(folder)).toMatchObject(before);

    const other = join(folder, 'other');
    await placeFiles(other, ['database/mine']);
    const mine = await filesOf(other);
    await expect(initialisePglite(dataLayout(other).database)).rejects.toThrow();
    expect(await filesOf(other)).toEqual(mine);
  });
});

describe('kill -9 while writing', () => {
  const LOOPS = 4;
  let program: Awaited<ReturnType<typeof bundleProgram>>;
  beforeAll(async () => {
    program = await bundleProgram(
      fileURLToPath(new URL('../../testing/acknowledging-writer.ts', import.meta.url)),
    );
  });
  afterAll(() => program.remove());

  async function writeUntilKilled(folder: string, acknowledgements: number): Promise<string[]> {
    const writer: ChildProcess = spawn(process.execPath, [program.path, folder, MIGRATIONS], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told: string[] = [];
    for await (const line of createInterface({ input: writer.stdout! })) {
      told.push(line);
      if (told.length === acknowledgements) writer.kill('SIGKILL');
    }
    if (writer.signalCode === null && writer.exitCode === null) await once(writer, 'exit');
    expect(writer.signalCode).toBe('SIGKILL');
    return told;
  }

  it('loses no acknowledged write, keeps no half of one, and needs no help to start again', async () => {
    const folder = await newFolder();
    await (await openDataFolder(folder, { version: '1.2.3' })).release();
    await placeEmptyPglite(dataLayout(folder).database);
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const told: string[] = [];
    for (let loop = 0; loop < LOOPS; loop++) {
      told.push(...(await writeUntilKilled(folder, 1 + Math.floor(random() * 60))));
    }
    const { stores } = await openIn(folder);
    const kept = new Set((await stores.pipelineRuns.list({ limit: 100_000 })).map(({ id }) => id));
    const events = new Set((await stores.outbox.list({ limit: 100_000 })).map(({ subject }) => subject));
    const entries = new Set((await stores.audit.list({ limit: 100_000 })).map(({ subject }) => subject));
    expect(
      told.filter((id) => !kept.has(id)),
      `seed ${seed}`,
    ).toEqual([]);
    expect(events).toEqual(kept);
    expect(entries).toEqual(kept);
    expect(kept.size).toBeLessThanOrEqual(told.length + LOOPS);
    expect(await stores.audit.verify()).toMatchObject({ holds: true, entries: kept.size });
  }, 120_000);
});

const canMount = process.getuid?.() === 0 && process.platform === 'linux' && mountWorks();

describe.skipIf(!canMount)('a full disk (needs to mount a small file system as root)', () => {
  async function smallDisk(megabytes: number): Promise<string> {
    const folder = await newFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    return folder;
  }

  const freeBytes = (folder: string) => statfsSync(folder).bavail * statfsSync(folder).bsize;

  it('is storage.full, keeps nothing of the write, leaves reading alone, and is over when there is room', async () => {
    const folder = await smallDisk(128);
    await placeEmptyPglite(dataLayout(folder).database);
    const database = await openIn(folder);
    const objects = await openFileObjects(join(folder, 'objects'));
    await writeFile(join(folder, 'ballast'), Buffer.alloc(freeBytes(folder) - 24 * 1024 * 1024));
    const kept: string[] = [];
    const random = seededRandom(1);
    const noise = () => Array.from({ length: 30_000 }, () => random().toString(36)).join('');
    const write = () =>
      database.transaction(async ({ pipelineRuns, outbox }) => {
        const { id } = await pipelineRuns.create({ ...pipelineRun(), request: noise() });
        await outbox.add({ topic: 'created', subject: id, payload: null });
        return id;
      });
    const full = await (async () => {
      for (;;) kept.push(await write());
    })().catch((error: unknown) => error);
    expect(full).toMatchObject({ code: 'storage.full' });
    expect(kept.length).toBeGreaterThan(0);

    await expect(objects.put(Buffer.alloc(freeBytes(folder) + 1))).rejects.toMatchObject({
      code: 'storage.full',
    });
    expect(await readdir(join(folder, 'objects', 'incoming'))).toEqual([]);
    await writeFile(join(folder, 'last'), Buffer.alloc(freeBytes(folder)));
    await expect(write()).rejects.toMatchObject({ code: 'storage.full' });
    const ids = async () =>
      (await database.stores.pipelineRuns.list({ limit: 1000 })).map(({ id }) => id).reverse();
    expect(await ids()).toEqual(kept);

    await rm(join(folder, 'ballast'));
    kept.push(await write());
    expect(await ids()).toEqual(kept);
    expect((await database.stores.outbox.list({ limit: 1000 })).map(({ subject }) => subject)).toEqual(kept);
    await database.close();
    const again = await openIn(folder);
    expect(await again.stores.pipelineRuns.list({ limit: 1000 })).toHaveLength(kept.length);
  });

  it('at the very first start is storage.full, and leaves nothing behind', async () => {
    const folder = await smallDisk(16);
    await expect(openIn(folder)).rejects.toMatchObject({ code: 'storage.full' });
    expect(await readdir(folder)).toEqual([]);
  });
});

function mountWorks(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
