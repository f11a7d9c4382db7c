import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { isFor, runtimePackages } from './locked-packages.mjs';

/**
 * Makes a folder from which Slipway is installed without a network: the package, a tarball of each package that it depends on,
 * each held to the hash of the lockfile, and `install.mjs`.
 *
 * @param {string} tarball of the package of Slipway
 * @param {string} folder made when missing
 * @param {{ os: string, cpu: string, libc?: string } | 'all'} machine whose native parts it holds
 * @returns {Promise<number>} how many packages it holds
 */
export async function makeOfflineFolder(tarball, folder, machine) {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const wanted = [...runtimePackages(lock)].filter(
    ([, locked]) => machine === 'all' || isFor(locked, machine),
  );
  const tarballs = join(folder, 'tarballs');
  await mkdir(tarballs, { recursive: true });
  await copyFile(tarball, join(folder, 'slipway-platform.tgz'));
  await copyFile(join(ROOT, 'scripts/package/install.mjs'), join(folder, 'install.mjs'));
  /** @type {Map<string, string>} */
  const specs = new Map();
  for (const [path, { version, integrity }] of wanted) {
    if (integrity === undefined) throw new Error(`package-lock.json has no integrity of ${path}`);
    specs.set(
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
      integrity,
    );
  }
  await fetchTarballs(specs, tarballs);
  await writeFile(join(folder, 'README.md'), README);
  return specs.size;
}

/**
 * @param {ReadonlyMap<string, string>} specs the hash of each `name@version`
 * @param {string} folder
 */
async function fetchTarballs(specs, folder) {
  const fetched = await mkdtemp(join(tmpdir(), 'slipway-tarballs-'));
  try {
    const told = execFileSync(
      'npm',
      [
        'pack',
        '--json',
        '--ignore-scripts',
        '--prefer-offline',
        '--pack-destination',
        fetched,
        ...specs.keys(),
      ],
      { encoding: 'utf8', cwd: fetched, maxBuffer: 256 * 1024 ** 2, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const packed = /** @type {{ id: string, filename: string }[]} */ (Object.values(JSON.parse(told)));
    for (const { id, filename } of packed) {
      const path = join(fetched, filename.replace('@', '').replaceAll('/', '-'));
      const wanted = specs.get(id);
      const hash = `sha512-${createHash('sha512')
        .update(await readFile(path))
        .digest('base64')}`;
      if (hash !== wanted)
        throw new Error(`${id} is not what package-lock.json names: ${hash}, not ${wanted}`);
      await move(path, join(folder, tarballName(id)));
    }
    if (packed.length !== specs.size)
      throw new Error(`npm packed ${packed.length} of ${specs.size} packages`);
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to perhaps on another file system
 */
async function move(from, to) {
  await rename(from, to).catch(async () => {
    await copyFile(from, to);
    await rm(from);
  });
}

/** @param {string} spec `name@version`; install.mjs names the same */
function tarballName(spec) {
  return `${spec.replace(/^@/, '').replaceAll('/', '+')}.tgz`;
}

const README = `# Slipway, to be installed without a network

    node install.mjs PREFIX

installs into \`PREFIX/lib/slipway\` and puts the command at \`PREFIX/bin/slipway\`. It needs Node.js 20.19 or newer with npm, and asks no
package registry: \`tarballs/\` holds every package, and each is held to the hash in Slipway's \`npm-shrinkwrap.json\`.
`;
