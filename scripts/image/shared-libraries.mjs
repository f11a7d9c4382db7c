import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Loaded by the C library at run time, for looking up names; part of it since glibc 2.34. */
const LOADED_LATER = ['libnss_files.so.2', 'libnss_dns.so.2'];

/**
 * The shared libraries that programs and native add-ons need of the system, and the loader: where each is to lie in an image, by where it
 * lies here. All libraries lie in the folder of the C library, in which its loader looks first. Throws when one is not found here.
 *
 * @param {readonly string[]} files executables and shared objects
 * @param {string} [within] a folder whose libraries the image has anyway
 * @returns {ReadonlyMap<string, string>}
 */
export function sharedLibraries(files, within) {
  const found = new Set(
    files.flatMap(neededBy).filter((path) => within === undefined || !path.startsWith(`${within}/`)),
  );
  const library = [...found].find((path) => basename(path) === 'libc.so.6');
  if (library === undefined) throw new Error('an image is made on Linux with glibc; no libc.so.6 was found');
  const folder = placeInImage(realpathSync(dirname(library)));
  for (const name of LOADED_LATER) {
    const path = join(dirname(library), name);
    if (existsSync(path)) found.add(path);
  }
  return new Map(
    [...found].map((path) => [
      isLoader(path) ? placeInImage(path) : join(folder, basename(path)),
      realpathSync(path),
    ]),
  );
}

/**
 * Paths by which the loader finds what a file needs.
 *
 * @param {string} file
 */
function neededBy(file) {
  const { status, stdout, stderr } = spawnSync('ldd', [file], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: process.env.PATH },
  });
  if (/not a dynamic executable|statically linked/.test(stdout + stderr)) return [];
  if (status !== 0) throw new Error(`ldd ${file} failed: ${stderr}`);
  const missing = /^\s*(\S+) => not found$/m.exec(stdout)?.[1];
  if (missing !== undefined) throw new Error(`${file} needs ${missing}, which is not installed`);
  return [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, path]) => String(path));
}

/** @param {string} path */
function isLoader(path) {
  return /^ld-linux.*\.so\.\d+$/.test(basename(path));
}

/**
 * In an image all programs and libraries lie below `usr`; `/lib`, `/lib64` and `/bin` are links.
 *
 * @param {string} path absolute
 * @returns {string} relative to the root
 */
export function placeInImage(path) {
  return path.startsWith('/usr/') ? path.slice(1) : `usr${path}`;
}

/**
 * Records and licences of the Debian packages that files of this machine come from, so that scanners know the versions of what an
 * image holds. Empty where the machine is of another kind.
 *
 * @param {readonly string[]} paths
 * @returns {{ name: string, record: string, licence: string | undefined }[]}
 */
export function debianPackagesOf(paths) {
  // Files that moved from /lib to /usr/lib are recorded at either.
  const places = paths.flatMap((path) => [path, path.replace(/^\/usr\//, '/')]);
  const { stdout } = spawnSync('dpkg-query', ['--search', ...new Set(places)], { encoding: 'utf8' });
  const names = new Set(
    [...(stdout ?? '').matchAll(/^([^\s:,]+)(?::\w+)?: \//gm)].map(([, name]) => String(name)),
  );
  return [...names].sort().map((name) => {
    const licence = `/usr/share/doc/${name}/copyright`;
    return {
      name,
      record: execFileSync('dpkg-query', ['--status', name], { encoding: 'utf8' }),
      licence: existsSync(licence) ? realpathSync(licence) : undefined,
    };
  });
}
