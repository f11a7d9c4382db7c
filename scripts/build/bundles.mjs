import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../root.mjs';

/**
 * Programs that stand alone: one file with all it imports, so that a container needs nothing beside it but ONNX Runtime,
 * whose native part stays where its package put it.
 */
const ALONE = new Set(['inference', 'model-process', 'trial-thread', 'value-thread']);
const NATIVE = ['onnxruntime-node'];

/**
 * What the other programs find in node_modules: native parts and WebAssembly, which lie beside the module that loads them, and a
 * package that no one need have. All else is in the bundle, which starts in half the time: most of what an import of a package in
 * CommonJS costs is finding the names that it exports.
 */
const FOUND = [...NATIVE, '@duckdb/node-bindings', '@electric-sql/pglite', 'pg-native'];

/** What packages in CommonJS ask for Node's own modules by, once they are inside an ES module. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** One bundle for each program: the file in `dist/` and where it starts. */
export const ENTRIES = {
  slipway: 'packages/cli/src/main.ts',
  control: 'packages/server/src/main/control.ts',
  worker: 'packages/server/src/main/worker.ts',
  inference: 'packages/server/src/main/inference.ts',
  'model-process': 'packages/server/src/main/model-process.ts',
  'trial-thread': 'packages/server/src/main/trial-thread.ts',
  'value-thread': 'packages/server/src/main/value-thread.ts',
};

const STALE_AFTER_MS = 10 * 60_000;

/**
 * Bundles every entry that exists into `outdir`. All files lie flat in that folder, so that `import.meta.url` of any
 * of them names it and programs find one another as siblings.
 *
 * @param {{ outdir?: string, log?: (line: string) => void }} [options]
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function buildBundles({ outdir = join(ROOT, 'dist'), log = () => {} } = {}) {
  const present = Object.entries(ENTRIES).filter(([name, path]) => {
    const there = existsSync(join(ROOT, path));
    if (!there) log(`skipped ${name}: there is no ${path}`);
    return there;
  });
  const alone = present.filter(([name]) => ALONE.has(name));
  const together = present.filter(([name]) => !ALONE.has(name));
  const results = await Promise.all([
    bundle(together, outdir, { splitting: true, chunkNames: 'chunk-[hash]', external: FOUND }),
    bundle(alone, outdir, { splitting: false, external: NATIVE }),
  ]);
  await replaceFiles(
    outdir,
    results.flatMap((result) => result.outputFiles),
  );
  for (const [name, path] of present) log(`bundled ${path} → ${join(outdir, `${name}.js`)}`);
  return mergeMetafiles(results.map((result) => result.metafile));
}

/**
 * @param {[string, string][]} entries
 * @param {string} outdir
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<import('esbuild').BuildResult<{ write: false, metafile: true }>>}
 */
function bundle(entries, outdir, options) {
  return build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(entries),
    outdir,
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Our packages as their sources rather than as they are built; `module` is what esbuild takes unless told.
    conditions: ['slipway-source', 'module'],
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    banner: { js: REQUIRE },
    logLevel: 'error',
    loader: { '.sql': 'text' },
    ...options,
  });
}

/**
 * @param {import('esbuild').Metafile[]} metafiles
 * @returns {import('esbuild').Metafile}
 */
function mergeMetafiles(metafiles) {
  return {
    inputs: Object.assign({}, ...metafiles.map((one) => one.inputs)),
    outputs: Object.assign({}, ...metafiles.map((one) => one.outputs)),
  };
}

/**
 * Writes what changed, each file at once, and removes old chunks that no running process will still ask for.
 *
 * @param {string} outdir
 * @param {import('esbuild').OutputFile[]} files
 */
async function replaceFiles(outdir, files) {
  await mkdir(outdir, { recursive: true });
  for (const file of files) {
    const former = await readFile(file.path).catch(() => undefined);
    if (former !== undefined && Buffer.compare(former, file.contents) === 0) continue;
    const temporary = `${file.path}.${process.pid}`;
    await writeFile(temporary, file.contents);
    await rename(temporary, file.path);
  }
  const current = new Set(files.map((file) => basename(file.path)));
  for (const name of await readdir(outdir)) {
    if (!/^chunk-.*\.js(\.map)?$/.test(name) || current.has(name)) continue;
    const { mtimeMs } = await stat(join(outdir, name));
    if (Date.now() - mtimeMs > STALE_AFTER_MS) await rm(join(outdir, name), { force: true });
  }
}
