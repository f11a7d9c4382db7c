import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

/**
 * The two commands with which the README opens: its first block of shell, a command a line.
 *
 * @returns {Promise<[ship: string, test: string]>}
 */
export async function readmeCommands() {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const [ship, test, ...more] = block
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (ship === undefined || test === undefined || more.length > 0) {
    throw new Error('the first shell block of README.md must hold two commands, one a line');
  }
  return [ship, test];
}
