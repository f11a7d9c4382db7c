import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGES } from '@slipway/contract';
import { describe, expect, test } from 'vitest';
import { CATCH_ALL_NAMES, MODULES } from '../../scripts/import-rules/modules.mjs';
import { ROOT } from '../../scripts/root.mjs';
import { folders, sourceFiles } from './source-files.ts';

const LONGEST_FILE_LINES = 300;
const PACKAGES = ['cli', 'console', 'contract', 'sdk', 'server'];
const SERVER = join(ROOT, 'packages/server/src');

describe('the codebase', () => {
  test('is five packages; a sixth needs a decision record', async () => {
    expect((await readdir(join(ROOT, 'packages'))).sort()).toEqual(PACKAGES);
  });

  test('has one folder for each stage of the lifecycle and no other', async () => {
    expect((await readdir(join(SERVER, 'stages'))).sort()).toEqual([...STAGES].sort());
  });

  test.each(MODULES)('%s has a public API and a README that says what it takes and gives', async (module) => {
    expect(existsSync(join(SERVER, module, 'index.ts')), `${module}/index.ts`).toBe(true);
    const readme = await readFile(join(SERVER, module, 'README.md'), 'utf8').catch(() => '');
    expect(readme, `${module}/README.md`).toMatch(/takes/i);
    expect(readme, `${module}/README.md`).toMatch(/gives/i);
  });

  test('has no junk drawers', async () => {
    const drawers = (await folders()).filter((folder) => CATCH_ALL_NAMES.includes(folder.split('/').at(-1)!));
    expect(drawers).toEqual([]);
  });

  test('names its files in kebab-case', async () => {
    const odd = (await sourceFiles()).filter((file) => !/^[a-z0-9.-]+\.tsx?$/.test(file.split('/').at(-1)!));
    expect(odd).toEqual([]);
  });

  test('keeps 95 % of its files within 300 lines', async () => {
    const lengths = await Promise.all((await sourceFiles()).map(lengthOf));
    const long = lengths.filter(({ lines }) => lines > LONGEST_FILE_LINES);
    expect(long.length, long.map(({ file, lines }) => `${file}: ${lines}`).join('\n')).toBeLessThanOrEqual(
      Math.floor(lengths.length * 0.05),
    );
  });
});

async function lengthOf(file: string): Promise<{ file: string; lines: number }> {
  const text = await readFile(join(ROOT, file), 'utf8');
  return { file, lines: text.trimEnd().split('\n').length };
}
