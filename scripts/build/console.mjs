import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';

/** What the console is made of; when none of it changed, the built one is kept. */
const SOURCES = ['packages/console', 'packages/sdk/src', 'packages/contract/src', 'package-lock.json'];

/**
 * Builds the console into `dist/console` by Vite, unless its sources are those of the last build.
 *
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function buildConsole({ log = () => {} } = {}) {
  const root = join(ROOT, 'packages/console');
  if (!existsSync(join(root, 'index.html')))
    return log('skipped console: there is no packages/console/index.html');
  const outDir = join(ROOT, 'dist/console');
  const stamp = join(ROOT, 'dist/console.stamp');
  const fingerprint = await fingerprintOf(SOURCES);
  const built = existsSync(join(outDir, 'index.html')) ? await readFile(stamp, 'utf8').catch(() => '') : '';
  if (built === fingerprint) return log('kept console: its sources are unchanged');
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true, reportCompressedSize: false } });
  await writeFile(stamp, fingerprint);
  log(`built packages/console → ${outDir}`);
}

/**
 * SHA-256 over names and contents of every file under `paths`, in order.
 *
 * @param {string[]} paths
 */
async function fingerprintOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesUnder(join(ROOT, path)))
      hash
        .update(file)
        .update('\0')
        .update(await readFile(file));
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesUnder(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return existsSync(path) ? [path] : [];
  const wanted = entries.filter((entry) => !['node_modules', 'dist', '.vite'].includes(entry.name));
  const nested = await Promise.all(
    wanted.map((entry) =>
      entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
    ),
  );
  return nested.flat().sort();
}
