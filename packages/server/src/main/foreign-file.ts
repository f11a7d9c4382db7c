import { lstatSync, statSync } from 'node:fs';

const ROOT = 0;
const WRITTEN_BY_ALL = 0o002;

/** Why settings in the file are not to be followed: another user wrote it, or could have. Undefined when they are. */
export function foreignFile(path: string): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined; // Windows has no such owners and modes
  for (const { uid, mode } of [lstatSync(path), statSync(path)]) {
    if (uid !== user && uid !== ROOT)
      return `it belongs to user ${uid}, and Slipway runs as user ${user}: change its owner, or accept it with --allow-foreign-files`;
    if ((mode & 0o170000) !== 0o120000 && (mode & WRITTEN_BY_ALL) !== 0)
      return 'all users can write to it: run `chmod o-w` on it after you have read it, or accept it with --allow-foreign-files';
  }
  return undefined;
}
