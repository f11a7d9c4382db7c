/**
 * One file, folder or link of a layer. Paths are relative to the root of the image; what has no owner belongs to root.
 *
 * @typedef {{ path: string, owner?: number, mode?: number } &
 *   ({ type: 'file', source: string } | { type: 'file', content: string } | { type: 'directory' } | { type: 'symlink', target: string })} ImageEntry
 */

import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What lies below a folder of this machine, as it is to lie below `path` of the image. Files can be read by every user, and executed
 * by all when by their owner: the mask of who builds the image changes nothing.
 *
 * @param {string} folder
 * @param {string} path
 * @param {(path: string) => boolean} [isWanted] by the path in the image; what a folder holds is left out with it
 * @returns {Promise<ImageEntry[]>}
 */
export async function entriesBelow(folder, path, isWanted = () => true) {
  /** @type {ImageEntry[]} */
  const entries = [];
  for (const name of (await readdir(folder)).sort()) {
    const inside = `${path}/${name}`;
    if (!isWanted(inside)) continue;
    const source = join(folder, name);
    const found = await lstat(source);
    if (found.isDirectory())
      entries.push({ type: 'directory', path: inside }, ...(await entriesBelow(source, inside, isWanted)));
    else if (found.isSymbolicLink())
      entries.push({ type: 'symlink', path: inside, target: await readlink(source) });
    else if (found.isFile())
      entries.push({ type: 'file', path: inside, source, mode: (found.mode & 0o100) === 0 ? 0o644 : 0o755 });
  }
  return entries;
}
