import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { extract, type Pack, pack } from 'tar-stream';
import { newId } from '../../kernel/index.ts';
import { pglitePackage } from './pglite-package.ts';

/** Files and folders of a cluster, as PostgreSQL itself makes them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Another number for each change in how an empty database is made, other than by PGlite and migrations. */
const MADE_AS = '2';

const NAME = /^empty-database-[0-9a-f]{32}\.tar\.gz$/;

/**
 * The file that holds an empty database of these migrations by this version of PGlite. Its name tells both, and how it was made,
 * so one that was prepared otherwise is never found.
 */
export function preparedName(migrations: string): string {
  const hash = createHash('sha256').update(MADE_AS).update(pglitePackage().version);
  for (const migration of readMigrationFiles({ migrationsFolder: migrations })) hash.update(migration.hash);
  return `empty-database-${hash.digest('hex').slice(0, 32)}.tar.gz`;
}

/**
 * Puts the empty database of these migrations into `folder` as a file, unless it is there, and removes those of other
 * versions. `make` makes a database in the folder that it is given, and closes it. Gives the path of the file.
 */
export async function prepareDatabase(
  folder: string,
  migrations: string,
  make: (database: string) => Promise<void>,
): Promise<string> {
  const name = preparedName(migrations);
  const files = await readdir(folder);
  for (const other of files) if (NAME.test(other) && other !== name) await rm(join(folder, other));
  const path = join(folder, name);
  if (files.includes(name)) return path;
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-empty-database-'));
  const unfinished = join(folder, `.${name}.${newId('new')}`);
  try {
    const database = join(scratch, 'database');
    await make(database);
    const tar = pack();
    await Promise.all([
      pipeline(tar, createGzip(), createWriteStream(unfinished)),
      packFolder(tar, database, '').then(
        () => tar.finalize(),
        (error: Error) => tar.destroy(error),
      ),
    ]);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
  return path;
}

async function packFolder(tar: Pack, root: string, folder: string): Promise<void> {
  for (const name of (await readdir(join(root, folder))).sort()) {
    const path = join(folder, name);
    const isFolder = (await stat(join(root, path))).isDirectory();
    const entry = { name: path, mode: isFolder ? FOLDER_MODE : FILE_MODE, mtime: new Date(0) };
    if (isFolder) {
      tar.entry({ ...entry, type: 'directory' });
      await packFolder(tar, root, path);
    } else tar.entry(entry, await readFile(join(root, path)));
  }
}

/**
 * Unpacks a prepared database into `folder`, which is there and empty. The file belongs to the installation, as the programs
 * beside it do; one that is cut off, changed or not an archive throws.
 */
export async function unpackDatabase(path: string, folder: string): Promise<void> {
  await chmod(folder, FOLDER_MODE);
  const entries = extract();
  const reading = pipeline(createReadStream(path), createGunzip(), entries);
  const writing = (async () => {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const target = join(folder, normalize(`/${name}`));
      if (type === 'directory') {
        await mkdir(target, { mode: FOLDER_MODE, recursive: true });
        entry.resume();
      } else await pipeline(entry, createWriteStream(target, { mode: FILE_MODE, flags: 'wx' }));
    }
  })();
  await Promise.all([reading, writing]);
}
