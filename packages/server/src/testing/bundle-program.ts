import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/** What must stay in node_modules: it finds files of its own beside itself, or asks for modules of Node as CommonJS does. */
const EXTERNAL = ['@electric-sql/pglite', 'pg', 'drizzle-orm', 'tar-stream'];

/**
 * Bundles a TypeScript program so that plain Node can run it, for tests that kill processes. It lies under
 * node_modules, where its packages are found, until `remove`.
 */
export async function bundleProgram(source: string): Promise<{ path: string; remove(): Promise<void> }> {
  const packages = dirname(dirname(createRequire(import.meta.url).resolve('esbuild/package.json')));
  const folder = await mkdtemp(join(packages, '.slipway-test-'));
  const path = join(folder, `${basename(source, '.ts')}.mjs`);
  await build({
    entryPoints: [source],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: EXTERNAL,
    logLevel: 'error',
  });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
