import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { runtimePackages } from './locked-packages.mjs';

/** In a scope, so that nobody else's package of that name runs by mistake. */
export const PACKAGE_NAME = '@slipway/platform';

/** What an installation holds: the built programs and the console, the migrations, and the file that the command starts. */
const COPIED = [
  'packages/server/migrations',
  'packages/cli/bin',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'docs',
];

/**
 * Lays out in `folder` what is packed: built JavaScript, which needs no TypeScript loader, with its dependencies at the exact
 * versions of the lockfile, in `package.json` and, with their hashes, in `npm-shrinkwrap.json`.
 *
 * @param {string} folder emptied first
 * @returns {Promise<{ name: string, version: string }>}
 */
export async function stagePackage(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await copyPrograms(folder);
  for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  const manifest = await manifestOf();
  await writeJson(join(folder, 'package.json'), manifest);
  await copyBundled(folder, manifest);
  await writeJson(join(folder, 'npm-shrinkwrap.json'), await shrinkwrapOf(manifest));
  return manifest;
}

/**
 * Without source maps, which are two fifths of the size, and without what is only of the build.
 *
 * @param {string} folder
 */
async function copyPrograms(folder) {
  const names = await readdir(join(ROOT, 'dist'));
  if (!names.includes('slipway.js')) throw new Error('dist/ is not built: run npm run build');
  await mkdir(join(folder, 'dist'));
  for (const name of await currentPrograms(names))
    await cp(join(ROOT, 'dist', name), join(folder, 'dist', name), { recursive: true });
}

/** The empty database that a new data folder begins with; without it the first start makes one, in 15 seconds of a processor. */
const EMPTY_DATABASE = /^empty-database-[0-9a-f]{32}\.tar\.gz$/;

/**
 * Old chunks stay in `dist/` for a while, for programs that run; a package takes those that its programs name.
 *
 * @param {string[]} names
 */
async function currentPrograms(names) {
  const wanted = new Set([
    'console',
    ...names.filter((name) => EMPTY_DATABASE.test(name)),
    ...names.filter((name) => name.endsWith('.js') && !name.startsWith('chunk-')),
  ]);
  for (const name of wanted) {
    if (!name.endsWith('.js')) continue;
    const text = await readFile(join(ROOT, 'dist', name), 'utf8');
    for (const [chunk] of text.matchAll(/chunk-[A-Z0-9]+\.js/g)) if (names.includes(chunk)) wanted.add(chunk);
  }
  return [...wanted].filter((name) => names.includes(name));
}

async function manifestOf() {
  const own = await readJson('package.json');
  const closure = runtimePackages(await readJson('package-lock.json'));
  return {
    name: PACKAGE_NAME,
    version: /** @type {string} */ (own.version),
    description: own.description,
    license: own.license,
    type: 'module',
    engines: own.engines,
    bin: { slipway: 'packages/cli/bin/slipway.js' },
    ...pinned(closure),
    bundleDependencies: bundledNames(closure, new Set(Object.keys(own.overrides))),
  };
}

/**
 * npm reads the shrinkwrap of a package from a registry, and passes over that of a file. So the versions of all that is found
 * from the top of `node_modules` are stated too, the native parts of each platform as optional.
 *
 * @param {ReadonlyMap<string, import('./locked-packages.mjs').Locked>} closure
 */
function pinned(closure) {
  const top = [...closure].filter(([path]) => path.lastIndexOf('node_modules/') === 0);
  const versions = (/** @type {boolean} */ optional) =>
    Object.fromEntries(
      top
        .filter(([, locked]) => (locked.optional === true) === optional)
        .map(([path, { version }]) => [path.slice('node_modules/'.length), version])
        .sort(),
    );
  return { dependencies: versions(false), optionalDependencies: versions(true) };
}

/**
 * Packages that depend on one which `overrides` holds to another version than they ask for, and all that those depend on. npm obeys
 * the overrides of the folder that it installs in and not those of a package, so these few travel inside the package.
 *
 * @param {ReadonlyMap<string, import('./locked-packages.mjs').Locked>} closure
 * @param {ReadonlySet<string>} overridden
 */
function bundledNames(closure, overridden) {
  /** @type {Set<string>} */
  const bundled = new Set();
  const add = (/** @type {string} */ name) => {
    if (bundled.has(name)) return;
    bundled.add(name);
    for (const wanted of Object.keys(closure.get(`node_modules/${name}`)?.dependencies ?? {})) add(wanted);
  };
  for (const [path, { dependencies = {} }] of closure) {
    if (!Object.keys(dependencies).some((name) => overridden.has(name))) continue;
    if (path.lastIndexOf('node_modules/') !== 0) throw new Error(`${path} is not at the top of node_modules`);
    add(path.slice('node_modules/'.length));
  }
  return [...bundled].sort();
}

/**
 * Copies of what is bundled, as it is installed here; each asks for the versions that the overrides give it.
 *
 * @param {string} folder
 * @param {Awaited<ReturnType<typeof manifestOf>>} manifest
 */
async function copyBundled(folder, { bundleDependencies }) {
  const held = await overriddenVersions();
  for (const name of bundleDependencies) {
    const path = join(folder, 'node_modules', name);
    await cp(join(ROOT, 'node_modules', name), path, { recursive: true });
    const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    const dependencies = holding(manifest.dependencies, held);
    await writeJson(join(path, 'package.json'), {
      ...manifest,
      dependencies,
    });
  }
}

/** @param {Awaited<ReturnType<typeof manifestOf>>} manifest */
async function shrinkwrapOf(manifest) {
  const closure = runtimePackages(await readJson('package-lock.json'));
  const { name, version, license, engines, bin, dependencies, optionalDependencies } = manifest;
  const top = { name, version, license, bin, dependencies, optionalDependencies, engines };
  const held = await overriddenVersions();
  const sorted = [...closure]
    .map(
      ([path, locked]) =>
        /** @type {const} */ ([path, { ...locked, dependencies: holding(locked.dependencies, held) }]),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name,
    version,
    lockfileVersion: 3,
    requires: true,
    packages: Object.fromEntries([['', top], ...sorted]),
  };
}

/**
 * What a package asks for, with the versions that the overrides of the repository give it.
 *
 * @param {Record<string, string> | undefined} dependencies
 * @param {ReadonlyMap<string, string>} held
 */
function holding(dependencies, held) {
  if (dependencies === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [name, held.get(name) ?? range]),
  );
}

/** The locked version of each package that the repository overrides. */
async function overriddenVersions() {
  const { overrides } = await readJson('package.json');
  const { packages } = await readJson('package-lock.json');
  const all = new Map(Object.entries(packages));
  return new Map(Object.keys(overrides).map((name) => [name, all.get(`node_modules/${name}`).version]));
}

/** @param {string} path */
async function readJson(path) {
  return JSON.parse(await readFile(join(ROOT, path), 'utf8'));
}

/**
 * @param {string} path
 * @param {unknown} value
 */
async function writeJson(path, value) {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
