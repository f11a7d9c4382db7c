import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../root.mjs';

const PACKAGE = join(ROOT, 'packages/sdk');

/**
 * Bundles the SDK with the contract, and zod as a package beside it, into `packages/sdk/dist/index.js`: an ES module for Node,
 * browsers and bundlers.
 *
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function buildSdk({ log = () => {} } = {}) {
  const outfile = join(PACKAGE, 'dist/index.js');
  if (!existsSync(join(PACKAGE, 'src/index.ts')))
    return log('skipped sdk: there is no packages/sdk/src/index.ts');
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['packages/sdk/src/index.ts'],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['zod'],
    logLevel: 'error',
  });
  await replaceFile(outfile, outputFiles[0]?.text ?? '');
  log(`bundled packages/sdk → ${outfile}`);
}

/**
 * Writes the types of the SDK, and of the contract that they speak of, into `packages/sdk/dist/types`. They name one another by
 * the files that TypeScript looks for beside them, so that every setting of `moduleResolution` finds them.
 *
 * @throws Error with what the compiler said, or with a file that it did not write
 */
export async function buildSdkTypes() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-types-'));
  const made = join(folder, 'types');
  try {
    await emitTypes(made, join(folder, 'tsconfig.json'));
    const contract = join(made, 'contract/src/index.js');
    for (const name of await readdir(made, { recursive: true })) {
      if (!name.endsWith('.d.ts')) continue;
      const path = join(made, name);
      const text = withOwnSpecifiers(await readFile(path, 'utf8'), relative(dirname(path), contract));
      refuseMissing(path, text);
      await writeFile(path, text);
    }
    await takeOver(made, join(PACKAGE, 'dist/types'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes one folder equal to another, without touching the files that already are: who packs the SDK while another build of the same
 * sources runs finds every file.
 *
 * @param {string} from
 * @param {string} to
 */
async function takeOver(from, to) {
  const made = await filesOf(from);
  for (const name of made) await replaceFile(join(to, name), await readFile(join(from, name), 'utf8'));
  for (const name of await filesOf(to))
    if (!made.includes(name) && !name.endsWith('.part')) await rm(join(to, name), { force: true });
}

/**
 * Writes a file in one step, if it does not hold the text already.
 *
 * @param {string} path
 * @param {string} text
 */
async function replaceFile(path, text) {
  if (text === (await readFile(path, 'utf8').catch(() => undefined))) return;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, text);
  await rename(part, path);
}

/** @param {string} folder */
async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/**
 * @param {string} outDir a folder that is not there yet: the compiler takes types that are for sources
 * @param {string} config path of a configuration to write
 */
async function emitTypes(outDir, config) {
  await writeFile(config, JSON.stringify(typesConfig(outDir)));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const { status, stdout, error } = spawnSync(tsc, ['-p', config], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the types of the SDK were not made: ${error?.message ?? stdout}`);
}

/**
 * The contract is found by its path, not in `node_modules`: the compiler writes no types for what it takes for another's package,
 * and which of two ways to a file it goes first is decided anew in each run (TypeScript 7).
 *
 * @param {string} outDir
 */
function typesConfig(outDir) {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      ...{ noEmit: false, emitDeclarationOnly: true, declaration: true, outDir },
      ...{ rootDir: join(ROOT, 'packages'), allowJs: false, checkJs: false },
      paths: { '@slipway/contract': [join(ROOT, 'packages/contract/src/index.ts')] },
      ...{ lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [], typeRoots: [] },
    },
    include: [],
    files: ['sdk', 'contract'].map((name) => join(ROOT, 'packages', name, 'src/index.ts')),
  };
}

/**
 * @param {string} text
 * @param {string} contract
 */
function withOwnSpecifiers(text, contract) {
  return text
    .replaceAll(/(['"])(\.[^'"\n]*)\.ts\1/g, '$1$2.js$1')
    .replaceAll(
      /(['"])@slipway\/contract\1/g,
      `$1${contract.startsWith('.') ? contract : `./${contract}`}$1`,
    );
}

/**
 * @param {string} path of a file of types
 * @param {string} text what it will hold
 * @throws Error when it names a file that is not there
 */
function refuseMissing(path, text) {
  for (const [, name] of text.matchAll(/\b(?:from |import\()['"](\.[^'"\n]*)\.js['"]/g))
    if (!existsSync(join(dirname(path), `${name}.d.ts`)))
      throw new Error(`the types of the SDK were not made whole: ${path} names ${name}.js, which has none`);
}
