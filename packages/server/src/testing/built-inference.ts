import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the data-plane process as it ships into `folder`, and returns the file to start. */
export async function builtInference(folder: string): Promise<string> {
  const outfile = join(folder, 'inference.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../main/inference.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}
