import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Everything under a folder and the folder itself: kind, mode, time of the last change and a hash of the content, by path. */
export async function treeOf(folder: string, path = '.'): Promise<Record<string, string>> {
  const at = join(folder, path);
  const found = await lstat(at);
  const mode = (found.mode & 0o7777).toString(8);
  if (found.isSymbolicLink()) return { [path]: `link ${await readlink(at)}` };
  if (!found.isDirectory()) {
    const hash = found.isFile()
      ? createHash('sha256')
          .update(await readFile(at))
          .digest('hex')
      : '';
    return { [path]: `file ${mode} ${found.mtimeMs} ${hash}` };
  }
  const below = await Promise.all((await readdir(at)).map((name) => treeOf(folder, join(path, name))));
  return Object.assign({ [path]: `folder ${mode} ${found.mtimeMs}` }, ...below);
}

/** The same without the folder itself and the times of folders, which change with what lies beside. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const { '.': _, ...tree } = await treeOf(folder);
  return Object.fromEntries(
    Object.entries(tree).map(([path, told]) => [path, told.replace(/^(folder \d+) .*/, '$1')]),
  );
}

/** Files of a user, long unchanged, with a mode that nothing of ours has. */
export async function placeFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${name} of a user\n`, { mode: 0o640 });
    await utimes(path, 1_000_000_000, 1_000_000_000);
  }
}
