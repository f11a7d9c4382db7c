// Writes every file that is computed from the source, or with --check says which ones are stale.
//
//   node scripts/generate.mjs [--check]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadTypescript } from './load-typescript.mjs';
import { ROOT } from './root.mjs';

const { GENERATED } = await loadTypescript(join(ROOT, 'scripts/generators/index.ts'));
const checking = process.argv.includes('--check');
const stale = [];

for (const [path, content] of Object.entries(GENERATED)) {
  const target = join(ROOT, path);
  const expected = content(ROOT);
  if ((await readFile(target, 'utf8').catch(() => '')) === expected) continue;
  stale.push(path);
  if (checking) continue;
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, expected);
}

for (const path of stale) process.stderr.write(`${checking ? 'stale' : 'wrote'} ${path}\n`);
if (checking && stale.length > 0) {
  process.stderr.write('Run `npm run generate` and commit what changed.\n');
  process.exitCode = 1;
}
