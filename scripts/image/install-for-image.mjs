import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { stagePackage } from '../package/stage-package.mjs';
import { ROOT } from '../root.mjs';

/** Native parts for several platforms in one package: `<folder>/<platform>/<architecture>`. */
const SEVERAL_PLATFORMS = 'lib/slipway/node_modules/onnxruntime-node/bin/napi-v6';

/**
 * Installs Slipway as an image has it at `/opt/slipway`: its package, with the dependencies of the lockfile and the native parts of this
 * platform alone, and the health check.
 *
 * @param {string} folder made; an installation there is replaced
 * @param {string | undefined} offline a folder of tarballs, else npm asks its registry; the hashes of the lockfile hold for both
 */
export async function installForImage(folder, offline) {
  if (offline === undefined) await installByNpm(folder);
  else execute(process.execPath, [join(offline, 'install.mjs'), folder]);
  await removeOtherPlatforms(join(folder, SEVERAL_PLATFORMS));
  // Names the folder of this build; npm alone reads it, and an image has no npm.
  await rm(join(folder, 'lib/slipway/node_modules/.package-lock.json'), { force: true });
  await cp(join(ROOT, 'packaging/image/healthcheck.mjs'), join(folder, 'healthcheck.mjs'));
}

/** @param {string} folder */
async function installByNpm(folder) {
  const place = join(folder, 'lib/slipway');
  await stagePackage(place);
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--prefer-offline'];
  execute('npm', words, place);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await rm(join(folder, 'bin/slipway'), { force: true });
  await symlink('../lib/slipway/packages/cli/bin/slipway.js', join(folder, 'bin/slipway'));
}

/**
 * @param {string} program
 * @param {string[]} words
 * @param {string} [cwd]
 */
function execute(program, words, cwd) {
  execFileSync(program, words, { cwd, stdio: ['ignore', 2, 'inherit'] }); // stdout is for what was made
}

/** @param {string} folder */
async function removeOtherPlatforms(folder) {
  for (const platform of await readdir(folder))
    for (const architecture of await readdir(join(folder, platform)))
      if (platform !== process.platform || architecture !== process.arch)
        await rm(join(folder, platform, architecture), { recursive: true });
}
