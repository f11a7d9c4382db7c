import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** As scripts/build/bundles.mjs puts it before programs that stand alone. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Bundles the data-plane process as it ships, with its threads, into `folder`, and returns the file to start. `root` is the repository's. */
export async function builtInference(folder: string, root = ROOT): Promise<string> {
  const outfile = join(folder, 'inference.mjs');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await Promise.all([
    bundle(join(root, 'packages/server/src/main/inference.ts'), outfile),
    builtValueThread(folder, root),
  ]);
  return outfile;
}

/** Bundles the thread that writes values into `folder`, whose programs are ES modules, and returns the file to start. */
export async function builtValueThread(folder: string, root = ROOT): Promise<string> {
  const outfile = join(folder, 'value-thread.js');
  await bundle(join(root, 'packages/server/src/main/value-thread.ts'), outfile);
  return outfile;
}

/** Bundles the process of a model into `folder`, from where it finds ONNX Runtime, and returns the file to start. */
export async function builtModelProcess(folder: string, root = ROOT): Promise<string> {
  const outfile = join(folder, 'model-process.js');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await bundle(join(root, 'packages/server/src/main/model-process.ts'), outfile);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir').catch((cause) => {
    if (cause.code !== 'EEXIST') throw cause;
  });
  return outfile;
}

async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['onnxruntime-node'],
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
}
