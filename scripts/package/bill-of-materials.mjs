import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stagePackage } from './stage-package.mjs';

/**
 * What the package consists of on every platform, in the format CycloneDX, by its shrinkwrap.
 *
 * @returns {Promise<{ bomFormat: string, components: { name: string, version: string, purl: string }[] }>}
 */
export async function billOfMaterials() {
  const parent = await mkdtemp(join(tmpdir(), 'slipway-sbom-'));
  try {
    await stagePackage(parent);
    const text = execFileSync(
      'npm',
      [
        'sbom',
        '--package-lock-only',
        '--omit',
        'dev',
        '--sbom-format',
        'cyclonedx',
        '--sbom-type',
        'application',
      ],
      { cwd: parent, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    return JSON.parse(text);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}
