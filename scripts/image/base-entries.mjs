import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { entriesBelow } from './image-entry.mjs';
import { debianPackagesOf, sharedLibraries } from './shared-libraries.mjs';

/** @typedef {import('./image-entry.mjs').ImageEntry} ImageEntry */

/** Who runs in the image; owns nothing but the data folder and its home. */
export const USER = 10_001;
export const HOME = '/home/slipway';
export const DATA = '/data';
export const NODE = '/usr/local/bin/node';

/** Process 1: it forwards signals, and reaps orphaned processes, such as bubblewrap's, which Node does not. */
export const INIT = '/usr/bin/tini';
/** Its names on the machine that builds: Docker's copy is the same program. */
const INITS = ['tini', 'docker-init'];
/** What the sandbox of jobs and models starts, `env` for the command `slipway`, and `cat` to read the owner key. */
const NEEDED_PROGRAMS = ['sh', 'env', 'cat', 'nice', 'true'];
/** The sandbox does with less where these are missing. */
const SANDBOX_PROGRAMS = ['setpriv', 'bwrap'];

const FOLDERS = [
  'dev',
  'etc',
  'home',
  'opt',
  'proc',
  'run',
  'sys',
  'usr',
  'usr/bin',
  'usr/lib',
  'usr/lib64',
  'usr/local',
  'usr/local/bin',
  'var',
];
/** Where programs and libraries of a system are looked up. */
const LINKS = new Map([
  ['bin', 'usr/bin'],
  ['sbin', 'usr/bin'],
  ['lib', 'usr/lib'],
  ['lib64', 'usr/lib64'],
  ['usr/sbin', 'bin'],
]);

const RELEASE = '/etc/os-release';
const TIME_ZONES = '/usr/share/zoneinfo';

/**
 * The lowest layer: Node and the few programs and libraries of this machine that Slipway needs, and what programs look up in a system.
 *
 * @param {string} installation of Slipway, for what its native add-ons need
 * @returns {Promise<ImageEntry[]>}
 */
export async function baseEntries(installation) {
  const programs = [
    ...NEEDED_PROGRAMS.map(neededProgram),
    ...SANDBOX_PROGRAMS.flatMap((name) => programOfSystem(name) ?? []),
  ];
  const init = INITS.map(programOfSystem).find((path) => path !== undefined);
  if (init === undefined)
    throw new Error('an image needs tini (package tini of Debian), which was not found');
  const libraries = sharedLibraries(
    [process.execPath, init, ...programs, ...(await nativeFiles(installation))],
    realpathSync(installation),
  );
  const files = new Map([
    [NODE.slice(1), process.execPath],
    [INIT.slice(1), init],
    ...programs.map(
      (path) => /** @type {const} */ ([`usr/bin/${path.slice(path.lastIndexOf('/') + 1)}`, path]),
    ),
    ...libraries,
  ]);
  return withFolders([
    ...FOLDERS.map((path) => /** @type {ImageEntry} */ ({ type: 'directory', path })),
    { type: 'directory', path: 'tmp', mode: 0o1777 },
    { type: 'directory', path: HOME.slice(1), owner: USER },
    { type: 'directory', path: DATA.slice(1), owner: USER, mode: 0o700 },
    ...[...LINKS].map(([path, target]) => /** @type {ImageEntry} */ ({ type: 'symlink', path, target })),
    ...[...files].map(
      ([path, source]) =>
        /** @type {ImageEntry} */ ({ type: 'file', path, source: realpathSync(source), mode: 0o755 }),
    ),
    ...systemFiles(),
    ...packageRecords([...files.values(), join(TIME_ZONES, 'UTC')].filter((path) => existsSync(path))),
    ...(existsSync(TIME_ZONES) ? await entriesBelow(TIME_ZONES, TIME_ZONES.slice(1)) : []),
  ]);
}

/** @param {string} name */
function programOfSystem(name) {
  return ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/libexec/docker']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** @param {string} name */
function neededProgram(name) {
  const path = programOfSystem(name);
  if (path === undefined)
    throw new Error(`an image needs the program ${name} of this machine, which was not found`);
  return path;
}

/** @param {string} installation */
async function nativeFiles(installation) {
  return (await entriesBelow(installation, ''))
    .filter(({ type, path }) => type === 'file' && /\.node$|\.so(?:\.\d+)*$/.test(path))
    .map(({ path }) => join(installation, path));
}

/** @returns {ImageEntry[]} */
function systemFiles() {
  const texts = new Map([
    [
      'etc/passwd',
      `root:x:0:0:root:/root:/bin/false\nslipway:x:${USER}:${USER}:Slipway:${HOME}:/bin/false\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n`,
    ],
    ['etc/group', `root:x:0:\nslipway:x:${USER}:\nnogroup:x:65534:\n`],
    ['etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'],
    ['etc/hosts', '127.0.0.1 localhost\n::1 localhost\n'],
    // Those that Node trusts, rather than what this machine trusts besides.
    ['etc/ssl/certs/ca-certificates.crt', `${rootCertificates.join('\n')}\n`],
  ]);
  if (existsSync(RELEASE)) texts.set(RELEASE.slice(1), readFileSync(RELEASE, 'utf8'));
  return [...texts].map(([path, content]) => ({ type: 'file', path, content }));
}

/**
 * Where scanners look in images without a package manager.
 *
 * @param {string[]} sources
 * @returns {ImageEntry[]}
 */
function packageRecords(sources) {
  const paths = new Set(sources.flatMap((path) => [path, realpathSync(path)]));
  return debianPackagesOf([...paths]).flatMap(({ name, record, licence }) => [
    { type: 'file', path: `var/lib/dpkg/status.d/${name}`, content: record },
    ...(licence === undefined
      ? []
      : [/** @type {const} */ ({ type: 'file', path: `usr/share/doc/${name}/copyright`, source: licence })]),
  ]);
}

/**
 * With the folders above each entry.
 *
 * @param {readonly ImageEntry[]} entries
 * @returns {ImageEntry[]}
 */
function withFolders(entries) {
  const all = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries)
    for (let above = dirname(path); above !== '.'; above = dirname(above))
      if (!all.has(above)) all.set(above, { type: 'directory', path: above });
  return [...all.values()];
}
