import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { fail, type SlipwayError } from '@slipway/contract';
import { isUnfinishedMarker, readMarker } from './data-folder-marker.ts';
import { hasLockFile } from './folder-lock.ts';

/**
 * What a folder is to Slipway: `missing` and `empty` become data folders, `marked` is one, and `earlier` is one of a
 * version that wrote no marker.
 */
export type DataFolderState = 'missing' | 'empty' | 'marked' | 'earlier';

/** What the file system itself puts into a new volume. */
const OF_THE_FILE_SYSTEM = 'lost+found';
const NAMES_TOLD = 4;
const OWNER_KEY = /^slip_[\w-]{43}\s*$/;

/**
 * Looks at the folder and changes nothing. Throws `storage.not-a-data-folder` for any other folder, and for what is no
 * folder; `storage.newer` and `storage.marker-unreadable` as {@link readMarker} does.
 */
export async function inspectDataFolder(folder: string): Promise<DataFolderState> {
  const found = await stat(folder).catch(absent(folder));
  if (found === undefined) {
    if (await isLink(folder)) throw refused(folder, 'it is a link to a place that does not exist');
    return 'missing';
  }
  if (!found.isDirectory()) throw refused(folder, 'it is not a folder');
  const target = await realpath(folder).catch(unreadable(folder));
  if (target === parse(target).root) throw refused(folder, 'it is the root of the file system');
  // Names first: a start beside this one puts the marker there before any other name.
  const names = await readdir(folder).catch(unreadable(folder));
  if ((await readMarker(folder)) !== undefined) return 'marked';
  const others = names.filter((name) => name !== OF_THE_FILE_SYSTEM && !isUnfinishedMarker(name));
  if (others.length === 0) return 'empty';
  if (await isOfEarlierVersion(folder)) return 'earlier';
  throw refused(folder, `it holds ${listed(others)}, and no slipway-data.json`);
}

/**
 * Recognises a data folder by several things that only Slipway writes, since a project of a user may well have an `objects/`,
 * or a `database/` of its own PostgreSQL: a lock file or an owner key, the objects, and the embedded database or, where
 * the metadata lie in PostgreSQL, the key that signs bundles.
 */
async function isOfEarlierVersion(folder: string): Promise<boolean> {
  const has = (kind: 'isFile' | 'isDirectory', ...path: string[]) =>
    stat(join(folder, ...path)).then(
      (found) => found[kind](),
      () => false,
    );
  const isOurs = (await hasLockFile(folder)) || (await hasOwnerKey(folder));
  if (!isOurs || !(await has('isDirectory', 'objects'))) return false;
  if (await has('isFile', 'database', 'PG_VERSION')) return true;
  return (await has('isFile', 'keys', 'bundle-signing.pem')) && has('isDirectory', 'bundles');
}

async function hasOwnerKey(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'owner.key'), 'utf8').catch(() => '');
  return OWNER_KEY.test(text);
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

function refused(folder: string, reason: string, cause?: unknown): SlipwayError {
  return fail('storage.not-a-data-folder', { folder, reason }, { cause });
}

function absent(folder: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code === 'ENOENT') return undefined;
    if (error.code === 'ENOTDIR') throw refused(folder, 'a part of its path is a file', error);
    return unreadable(folder)(error);
  };
}

function unreadable(folder: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw refused(folder, `it cannot be read (${error.code ?? error.message})`, error);
  };
}

/** `README.md, src, work, a and 8 more`; characters that would act on a terminal are replaced. */
function listed(names: readonly string[]): string {
  const told = [...names].sort().slice(0, NAMES_TOLD);
  const more = names.length - told.length;
  return `${told.join(', ').replaceAll(/\p{C}/gu, '?')}${more > 0 ? ` and ${more} more` : ''}`;
}
