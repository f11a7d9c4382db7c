import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Built programs lie in `dist/` at the root of the installation; from source this file lies four folders below it. */
const here = dirname(fileURLToPath(import.meta.url));
const root = existsSync(join(here, '..', 'packages')) ? join(here, '..') : join(here, '..', '..', '..', '..');
const dist = join(root, 'dist');

/** Where the parts of this installation lie. */
export const INSTALLATION = {
  root,
  version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  programs: { worker: join(dist, 'worker.js'), inference: join(dist, 'inference.js') },
  dist,
  migrations: join(root, 'packages', 'server', 'migrations'),
  console: existsSync(join(dist, 'console', 'index.html')) ? join(dist, 'console') : undefined,
};

export type Installation = typeof INSTALLATION;
