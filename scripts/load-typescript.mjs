import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { inlineWorkspace } from './build/workspace-plugin.mjs';
import { ROOT } from './root.mjs';

/** Inside node_modules, so that the bundle finds third-party packages as its source would. */
const CACHE = join(ROOT, 'node_modules/.cache/slipway');

/**
 * Imports a TypeScript module from a plain Node script, which Node 20 cannot: it strips no types.
 *
 * @param {string} path absolute path of the module
 * @returns {Promise<Record<string, any>>} its exports
 */
export async function loadTypescript(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    plugins: [inlineWorkspace()],
  });
  const bundle = join(CACHE, `${process.pid}-${performance.now()}.mjs`);
  await mkdir(CACHE, { recursive: true });
  await writeFile(bundle, outputFiles.map((file) => file.text).join(''));
  try {
    return await import(pathToFileURL(bundle).href);
  } finally {
    await rm(bundle, { force: true });
  }
}
