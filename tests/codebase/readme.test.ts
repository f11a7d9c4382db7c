import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readmeCommands } from '../../scripts/readme-commands.mjs';
import { ROOT } from '../../scripts/root.mjs';

// That the commands work on a clean clone is tried by scripts/try-readme.mjs, which CI runs.

test('the README opens with a command that ships a table of the development dependencies', async () => {
  const [ship] = await readmeCommands();
  const [, file, target] = /^npm ci && npx slipway ship (\S+) --target (\S+)$/.exec(ship) ?? [];
  expect(file, ship).toMatch(/^node_modules\/vega-datasets\/data\//);
  expect(existsSync(join(ROOT, file!)), file).toBe(true);
  const rows = JSON.parse(await readFile(join(ROOT, file!), 'utf8')) as Record<string, unknown>[];
  expect(Object.keys(rows[0]!)).toContain(target);
});

test('the README’s second command runs the tests', async () => {
  const [, second] = await readmeCommands();
  expect(second).toBe('npm test');
});
