import { chmod, stat } from 'node:fs/promises';

const PRIVATE = 0o700;
const READ_BY_OTHERS = 0o044;
/** A volume may refuse a new mode, or be of a file system that has none. */
const NOT_POSSIBLE = new Set(['EPERM', 'EACCES', 'EROFS', 'ENOTSUP', 'ENOSYS', 'EINVAL']);

/**
 * Closes the folder to other users (0700) when it belongs to this one. A volume often belongs to root, and is shared by
 * a group that its platform chose: such a folder keeps its mode. Returns a warning when others can then read it.
 */
export async function closeToOthers(folder: string): Promise<string | undefined> {
  if (process.getuid === undefined) return undefined; // Windows has no modes
  const { uid, mode } = await stat(folder);
  if (uid === process.getuid() && (mode & 0o777) !== PRIVATE)
    await chmod(folder, PRIVATE).catch((error: NodeJS.ErrnoException) => {
      if (!NOT_POSSIBLE.has(error.code ?? '')) throw error;
    });
  const after = await stat(folder);
  if ((after.mode & READ_BY_OTHERS) === 0) return undefined;
  const shown = (after.mode & 0o7777).toString(8);
  return (
    `The data folder ${folder} has mode ${shown} and belongs to user ${after.uid}: its group or other users can list it. ` +
    `Slipway runs as user ${process.getuid()} and could not change that; set the mode to 700 where the folder is mounted or made.`
  );
}
