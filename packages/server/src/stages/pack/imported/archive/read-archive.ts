import { gunzipSync } from 'node:zlib';
import { fail } from '@slipway/contract';
import type { Archive, ArchiveAsk } from './entries.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/**
 * Reads a tar, gzipped tar or zip file, all in memory: nothing is ever written to a path that the archive names.
 * Undefined when the bytes are none of these. Throws `model.refused` for one that is broken, grows beyond `maxBytes`, or names a
 * file outside itself.
 */
export function readArchive(ask: ArchiveAsk): Archive | undefined {
  const { bytes } = ask;
  if (startsWith(bytes, [0x50, 0x4b, 3, 4])) return readZip(ask);
  if (startsWith(bytes, [0x1f, 0x8b])) return readTar({ ...ask, bytes: gunzip(ask) });
  if (isTar(bytes)) return readTar(ask);
  return undefined;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function isTar(bytes: Uint8Array): boolean {
  return bytes.byteLength >= 512 && Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';
}

function gunzip({ file, bytes, maxBytes }: ArchiveAsk): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw fail('model.refused', { file, reason: `it does not unpack into ${maxBytes} bytes` }, { cause });
  }
}
