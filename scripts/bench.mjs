// Runs one file of bench/ from source: `npm run bench -- hot-swap [its own flags]`.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadTypescript } from './load-typescript.mjs';
import { ROOT } from './root.mjs';

const names = readdirSync(join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));
const [name] = process.argv.splice(2, 1);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`npm run bench -- NAME, one of: ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  process.chdir(ROOT);
  await loadTypescript(join(ROOT, 'bench', `${name}.ts`));
}
