// Installs Slipway from this folder, without a network. Needs Node.js with npm, and nothing else of the repository.
//
//   node install.mjs PREFIX
//
// Into PREFIX/lib/slipway, with the command at PREFIX/bin/slipway. An earlier installation there is replaced when the new one is
// complete, and kept when it fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const LEAST_NODE = /** @type {const} */ ([20, 19]);

const [prefix, ...more] = process.argv.slice(2);
if (prefix === undefined || more.length > 0 || prefix.startsWith('-'))
  stop('usage: node install.mjs PREFIX', 2);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]))
  stop(`Slipway needs Node.js ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.`, 1);
await install(resolve(prefix));

/** @param {string} root */
async function install(root) {
  const lib = join(root, 'lib');
  await mkdir(lib, { recursive: true });
  await mkdir(join(root, 'bin'), { recursive: true });
  const fresh = await mkdtemp(join(lib, '.slipway-'));
  try {
    must('tar', [
      '-xzf',
      join(here, 'slipway-platform.tgz'),
      '--strip-components=1',
      '--no-same-owner',
      '-C',
      fresh,
    ]);
    await installPackages(fresh);
    await chmod(fresh, 0o755); // for every user, not only for the one who installs
    await replace(fresh, join(lib, 'slipway'));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await link(root);
  process.stdout.write(`Slipway is installed: ${join(root, 'bin', 'slipway')}\n`);
}

/**
 * The lockfile names no registry; here it names the tarballs of this folder, for as long as npm reads it.
 *
 * @param {string} folder of the package
 */
async function installPackages(folder) {
  const path = join(folder, 'npm-shrinkwrap.json');
  const text = await readFile(path, 'utf8');
  const lock = JSON.parse(text);
  for (const [place, locked] of Object.entries(lock.packages)) {
    if (place === '') continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const file = join(
      here,
      'tarballs',
      `${`${name}@${locked.version}`.replace(/^@/, '').replaceAll('/', '+')}.tgz`,
    );
    // npm passes over the native parts of other machines, which need not be here.
    if (!existsSync(file) && !locked.optional) stop(`tarballs/ lacks ${name}@${locked.version}`, 1);
    locked.resolved = `file:${file}`;
  }
  await writeFile(path, JSON.stringify(lock));
  const cache = await mkdtemp(join(folder, '.npm-'));
  try {
    must(
      'npm',
      ['ci', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--cache', cache],
      folder,
    );
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  await writeFile(path, text);
}

/**
 * @param {string} fresh
 * @param {string} target
 */
async function replace(fresh, target) {
  const former = `${fresh}.former`;
  if (existsSync(target)) await rename(target, former);
  await rename(fresh, target);
  await rm(former, { recursive: true, force: true });
}

/** @param {string} root */
async function link(root) {
  const command = join(root, 'bin', 'slipway');
  await rm(command, { force: true });
  await symlink('../lib/slipway/packages/cli/bin/slipway.js', command);
}

/**
 * @param {string} program
 * @param {string[]} words
 * @param {string} [cwd]
 */
function must(program, words, cwd) {
  const { status, error } = spawnSync(program, words, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${words[0]} failed${error ? `: ${error.message}` : ''}`);
}

/**
 * @param {string} message
 * @param {number} code
 * @returns {never}
 */
function stop(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
