import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SUMS = 'SHA256SUMS';
const SIGNATURE = 'SHA256SUMS.sig';

/**
 * @param {string} folder made when missing; keys that lie there are not replaced
 */
export async function makeSigningKeys(folder) {
  await mkdir(folder, { recursive: true });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(join(folder, 'slipway-release.key'), pem, { mode: 0o600, flag: 'wx' });
  await writeFile(join(folder, 'slipway-release.pub'), publicKey.export({ type: 'spki', format: 'pem' }), {
    flag: 'wx',
  });
}

/**
 * Writes the SHA-256 of every file below the folder, as `sha256sum` does, and the signature of that list.
 *
 * @param {string} folder
 * @param {string} keyFile PEM of an Ed25519 private key
 * @returns {Promise<string[]>} the files
 */
export async function signFolder(folder, keyFile) {
  const key = createPrivateKey(await readFile(keyFile));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${keyFile} is not an Ed25519 key`);
  const files = await filesBelow(folder);
  const lines = [];
  for (const file of files) lines.push(`${await sha256(join(folder, file))}  ${file}\n`);
  const sums = Buffer.from(lines.join(''));
  await writeFile(join(folder, SUMS), sums);
  await writeFile(join(folder, SIGNATURE), sign(null, sums, key));
  return files;
}

/**
 * Throws when the list is not signed by that key, when a file differs from it or is missing, and when there is one that it does not name.
 *
 * @param {string} folder
 * @param {string} keyFile PEM of an Ed25519 public key
 * @returns {Promise<string[]>} the files
 */
export async function verifyFolder(folder, keyFile) {
  const sums = await readFile(join(folder, SUMS));
  const key = createPublicKey(await readFile(keyFile));
  if (
    key.asymmetricKeyType !== 'ed25519' ||
    !verify(null, sums, key, await readFile(join(folder, SIGNATURE)))
  )
    throw new Error(`${SUMS} is not signed by the key in ${keyFile}`);
  const listed = new Map(
    sums
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => /** @type {const} */ ([line.slice(66), line.slice(0, 64)])),
  );
  const present = await filesBelow(folder);
  const unlisted = present.filter((file) => !listed.has(file));
  if (unlisted.length > 0) throw new Error(`not in ${SUMS}: ${unlisted.join(', ')}`);
  for (const [file, hash] of listed) {
    if (!present.includes(file)) throw new Error(`${file} is missing`);
    if ((await sha256(join(folder, file))) !== hash) throw new Error(`${file} differs from ${SUMS}`);
  }
  return [...listed.keys()];
}

/** @param {string} folder */
async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => file !== SUMS && file !== SIGNATURE)
    .sort();
}

/** @param {string} path */
async function sha256(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
