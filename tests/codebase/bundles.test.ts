import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundles, ENTRIES } from '../../scripts/build/bundles.mjs';
import { ROOT } from '../../scripts/root.mjs';

describe('the bundles', () => {
  let outdir: string;
  let metafile: Awaited<ReturnType<typeof buildBundles>>;

  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), 'slipway-dist-'));
    metafile = await buildBundles({ outdir });
  });

  afterAll(() => rm(outdir, { recursive: true, force: true }));

  test('hold one program for each entry', async () => {
    const programs = Object.entries(ENTRIES);
    expect(programs.filter(([, path]) => !existsSync(join(ROOT, path)))).toEqual([]);
    const files = await readdir(outdir);
    expect(programs.filter(([name]) => !files.includes(`${name}.js`))).toEqual([]);
  });

  test('lie flat in one folder, so that each finds its siblings', async () => {
    const entries = await readdir(outdir, { withFileTypes: true });
    expect(entries.filter((entry) => !entry.isFile()).map((entry) => entry.name)).toEqual([]);
  });

  test('find every package they import from dist/', () => {
    const { resolve } = createRequire(join(ROOT, 'dist/slipway.js'));
    const found = (name: string) => {
      try {
        return resolve(name) !== '';
      } catch (error) {
        // An ES-module-only package has no entry for require; it is there all the same.
        return (error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
      }
    };
    expect(externals().length).toBeGreaterThan(0);
    // pg asks for it where a program reads `pg.native`, which none of ours does.
    const needed = externals().filter((name) => !isBuiltin(name) && name !== 'pg-native');
    expect(needed.filter((name) => !found(name))).toEqual([]);
  });

  test('hold no part of the tests or the tools', () => {
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => /\.test\.tsx?$|\/testing\//.test(path))).toEqual([]);
    expect(externals().filter((name) => /^(?:esbuild|vite|vitest|typescript)$/.test(name))).toEqual([]);
  });

  function externals(): string[] {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    return [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))];
  }
});
