import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** PGlite as it is installed. */
export function pglitePackage(): { url: string; version: string } {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = readFileSync(join(dirname(main), '..', 'package.json'), 'utf8');
  return { url: pathToFileURL(main).href, version: (JSON.parse(manifest) as { version: string }).version };
}
