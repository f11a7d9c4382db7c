import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer } from '../../stages/pack/index.ts';

const PRIVATE_KEY = 'bundle-signing.pem';
const PUBLIC_SUFFIX = '.pub.pem';

/** A signer that can also say its public key, for those who verify elsewhere. */
export type FileSigner = Signer & { keyId: string; publicKeyPem: string };

/**
 * Signs with the Ed25519 key in `folder`, made on first use and readable by its owner only (0600). Trusts that key
 * and every `*.pub.pem` beside it.
 */
export async function openFileSigner(folder: string): Promise<FileSigner> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const privateKey = createPrivateKey(await readOrMakeKey(join(folder, PRIVATE_KEY)));
  const publicKey = createPublicKey(privateKey);
  const keyId = keyIdOf(publicKey);
  const trusted = new Map([[keyId, publicKey], ...(await trustedKeys(folder))]);
  return {
    keyId,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: async (message) => ({ keyId, signature: sign(null, message, privateKey) }),
    verify: async (message, signature) => holds(trusted, message, signature),
  };
}

function holds(
  trusted: ReadonlyMap<string, KeyObject>,
  message: Uint8Array,
  { keyId, signature }: { keyId: string; signature: Uint8Array },
): boolean {
  const key = trusted.get(keyId);
  return key !== undefined && verify(null, message, key, signature);
}

async function trustedKeys(folder: string): Promise<[string, KeyObject][]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(PUBLIC_SUFFIX));
  return Promise.all(
    names.map(async (name): Promise<[string, KeyObject]> => {
      const key = createPublicKey(await readFile(join(folder, name)));
      return [keyIdOf(key), key];
    }),
  );
}

async function readOrMakeKey(path: string): Promise<string> {
  return (await readKey(path)) ?? (await makeKey(path)) ?? (await readFile(path, 'utf8'));
}

async function readKey(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

/** Links a whole, synced file into place, so that of two first users both read the same key. */
async function makeKey(path: string): Promise<string | undefined> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(pem);
    await file.sync();
    await link(temporary, path);
    return pem;
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return undefined;
    throw cause;
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}

/** SHA-256 of the public key as SubjectPublicKeyInfo, hex. */
function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function hasCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
