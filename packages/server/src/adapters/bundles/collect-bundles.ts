import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const LEAVING = '.leaving-';
const OWN_NAME = /^(?:\.leaving-)?([0-9a-f]{64})$/;
/** What a rename says when there is a folder of that name already. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST']);

/**
 * Removes the bundle folders of `root` that `keep` does not name and that were stored before `before` (epoch
 * milliseconds). Each is moved aside first and looked at again: somebody may have stored the same bundle since the
 * first look, and then it goes back, as does what a crash left aside though it is wanted. Every other name stays.
 */
export async function collectBundles(
  root: string,
  keep: ReadonlySet<string>,
  before: number,
  discard: (folder: string, id: string) => Promise<void>,
): Promise<number> {
  let removed = 0;
  for (const name of await readdir(root).catch(() => [])) {
    const id = OWN_NAME.exec(name)?.[1];
    if (id === undefined) continue;
    const [path, aside] = [join(root, id), join(root, `${LEAVING}${id}`)];
    const mayGo = async (where: string) => !keep.has(id) && (await storedAt(where)) < before;
    if (name === id) {
      if (!(await mayGo(path))) continue;
      await rename(path, aside).catch(() => undefined);
    }
    if (await mayGo(aside)) {
      await discard(aside, id);
      removed++;
    } else {
      await putBack(aside, path);
    }
  }
  return removed;
}

export async function countUnusedBundles(
  root: string,
  keep: ReadonlySet<string>,
  before: number,
): Promise<{ stored: number; unused: number }> {
  let [stored, unused] = [0, 0];
  for (const name of await readdir(root).catch(() => [])) {
    const id = OWN_NAME.exec(name)?.[1];
    if (id === undefined) continue;
    stored++;
    if (!keep.has(id) && (await storedAt(join(root, name))) < before) unused++;
  }
  return { stored, unused };
}

/** Only a copy that is there again makes the one aside superfluous; after any other trouble it waits for the next time. */
async function putBack(aside: string, path: string): Promise<void> {
  try {
    await rename(aside, path);
  } catch (error) {
    if (TAKEN.has((error as NodeJS.ErrnoException).code ?? ''))
      await rm(aside, { recursive: true, force: true });
  }
}

/** Of what is gone: never. */
async function storedAt(folder: string): Promise<number> {
  return (await stat(folder).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
