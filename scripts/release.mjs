// Makes what a release consists of, dist/ being built: the package, an SBOM (CycloneDX), with --image the container
// image of this platform, SHA256SUMS, and its signature.
//
//   node scripts/release.mjs --key PRIVATE.pem [--out FOLDER] [--offline this|all] [--image]
//   node scripts/release.mjs --new-key FOLDER       makes a pair of Ed25519 keys: slipway-release.key and slipway-release.pub
//   node scripts/release.mjs --verify FOLDER --key PUBLIC.pem
//
// The signature is Ed25519 over the bytes of SHA256SUMS, so `openssl pkeyutl -verify` can check it too (docs/install.md).
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { architectureHere } from './image/image-config.mjs';
import { billOfMaterials } from './package/bill-of-materials.mjs';
import { makeSigningKeys, signFolder, verifyFolder } from './package/signed-folder.mjs';
import { ROOT } from './root.mjs';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'release' },
    key: { type: 'string' },
    offline: { type: 'string' },
    image: { type: 'boolean', default: false },
    verify: { type: 'string' },
    'new-key': { type: 'string' },
  },
});
if (values['new-key'] !== undefined) {
  await makeSigningKeys(resolve(values['new-key']));
} else if (values.verify !== undefined) {
  const files = await verifyFolder(resolve(values.verify), resolve(needed(values.key)));
  process.stdout.write(`verified: ${files.join(', ')}\n`);
} else {
  const key = resolve(needed(values.key));
  const out = resolve(values.out);
  await mkdir(out, { recursive: true });
  const offline = values.offline === undefined ? [] : ['--offline', values.offline];
  runScript('scripts/package.mjs', '--out', out, ...offline);
  if (values.image) {
    const tarballs = values.offline === undefined ? [] : ['--offline', join(out, 'offline')];
    runScript(
      'scripts/image.mjs',
      '--out',
      join(out, `slipway-image-${architectureHere()}.tar`),
      ...tarballs,
    );
  }
  await writeFile(join(out, 'sbom.cdx.json'), `${JSON.stringify(await billOfMaterials(), null, 2)}\n`);
  const files = await signFolder(out, key);
  process.stdout.write(`signed: ${files.join(', ')}\n`);
}

/**
 * @param {string} script
 * @param {string[]} words
 */
function runScript(script, ...words) {
  execFileSync(process.execPath, [join(ROOT, script), ...words], { stdio: 'inherit' });
}

/** @param {string | undefined} key */
function needed(key) {
  if (key === undefined) throw new Error('--key names the file of the key, in PEM');
  return key;
}
