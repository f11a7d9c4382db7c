import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first executable file of that name in folders as in PATH, and in those of the system. */
export function onPath(name: string, searchPath = ''): string | undefined {
  const folders = [...searchPath.split(delimiter), '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
