import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const INSIDE_PACKAGES = /[\\/]node_modules[\\/]\.bin$/;

let own: string | undefined;

/**
 * How this user can run this program: `slipway` where their search path finds it, else `npx slipway` where npx or npm ran it or a folder
 * above has it installed, else `slipway` all the same.
 */
export function ownCommand(): string {
  own ??= found();
  return own;
}

/** A text in which `slipway COMMAND` is written as this user can run it. */
export function asThisUserRuns(text: string): string {
  const command = ownCommand();
  return command === 'slipway'
    ? text
    : text.replace(/(?<=^|[\s`(])slipway (?=[a-z]|--|COMMAND|FILE)/gm, `${command} `);
}

function found(): string {
  const program = process.argv[1] === undefined ? undefined : realOf(process.argv[1]);
  // npm and npx put folders of packages on the search path, which the user's own shell lacks.
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !INSIDE_PACKAGES.test(folder));
  if (folders.some((folder) => isSame(join(folder, 'slipway'), program))) return 'slipway';
  for (let at = process.cwd(); ; at = dirname(at)) {
    if (isSame(join(at, 'node_modules', '.bin', 'slipway'), program)) return 'npx slipway';
    if (at === dirname(at)) return 'slipway';
  }
}

function isSame(path: string, program: string | undefined): boolean {
  return program !== undefined && existsSync(path) && realOf(path) === program;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
