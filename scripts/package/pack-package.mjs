import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stagePackage } from './stage-package.mjs';

/**
 * Packs what is built into one npm package.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} its path
 */
export async function packPackage(folder) {
  const parent = await mkdtemp(join(tmpdir(), 'slipway-package-'));
  try {
    const { version } = await stagePackage(join(parent, 'package'));
    execFileSync(
      'npm',
      ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, join(parent, 'package')],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    return join(folder, `slipway-platform-${version}.tgz`);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
