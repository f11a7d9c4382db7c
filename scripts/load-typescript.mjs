import { build } from 'esbuild';
import { inlineWorkspace } from './build/workspace-plugin.mjs';

/**
 * Imports a TypeScript module from a plain Node script: Node 20 strips no types. Workspace packages are inlined,
 * others must be resolvable from the repository root.
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
    plugins: [inlineWorkspace({ inlinePackages: true })],
  });
  const code = outputFiles.map((file) => file.text).join('');
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}
