import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import { instrument } from './instrument.ts';

/** Inside node_modules, so that the bundle finds third-party packages as its source would. */
const CACHE = 'node_modules/.cache/slipway';

/**
 * Bundles the thread that fuzzes, with the places of our own code and of `yaml` counted: the parsers of other libraries are native, or
 * make their code at run time.
 */
export async function buildWorker(root: string): Promise<{ path: string; places: number }> {
  const counted = countedPlaces(root);
  const { outputFiles } = await build({
    entryPoints: [join(root, 'bench/fuzz/worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    // yaml asks for Node's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [counted.plugin],
  });
  const path = join(root, CACHE, `fuzz-${process.pid}.mjs`);
  await mkdir(join(root, CACHE), { recursive: true });
  await writeFile(path, outputFiles.map((file) => file.text).join(''));
  return { path, places: counted.places() };
}

function countedPlaces(root: string): { plugin: Plugin; places: () => number } {
  let places = 0;
  const count = (code: string, sourceType: 'module' | 'script') => {
    const counted = instrument(code, places, sourceType);
    places += counted.places;
    return { contents: counted.code, loader: 'js' as const };
  };
  const plugin: Plugin = {
    name: 'counted-places',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (path === 'yaml') return { path: createRequire(join(root, 'package.json')).resolve(path) };
        const own = /^@slipway\/([a-z-]+)$/.exec(path)?.[1];
        if (own === undefined) return { path, external: true };
        return { path: join(root, 'packages', own, 'src/index.ts'), sideEffects: false };
      });
      onLoad({ filter: /node_modules\/yaml\/.*\.js$/ }, async ({ path }) =>
        count(await readFile(path, 'utf8'), 'script'),
      );
      onLoad({ filter: /packages\/[a-z]+\/src\/.*\.ts$/ }, async ({ path }) => {
        const { code } = await transform(await readFile(path, 'utf8'), { loader: 'ts', target: 'node20' });
        return count(code, 'module');
      });
    },
  };
  return { plugin, places: () => places };
}
