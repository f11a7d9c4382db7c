import { fail } from '@slipway/contract';
import { type Archive, type ArchiveAsk, MOST_ENTRIES, safePath } from './entries.ts';

const BLOCK = 512;
/** Types of entries, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html and GNU's long names. */
const FILE_TYPES = ['0', '\0', '7'];
const LINK_TYPES = ['1', '2'];
const GNU_LONG_NAME = 'L';
const PAX_HEADER = 'x';

/** The plain files of a tar. Links are refused: a model has none, and they lead elsewhere. */
export function readTar({ file, bytes }: ArchiveAsk): Archive {
  const broken = () => fail('model.refused', { file, reason: 'the tar file is cut off or broken' });
  const files = new Map<string, () => Uint8Array>();
  let longName: string | undefined;
  for (let at = 0, entries = 0; at + BLOCK <= bytes.byteLength; entries++) {
    const header = Buffer.from(bytes.buffer, bytes.byteOffset + at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (entries > MOST_ENTRIES)
      throw fail('model.refused', { file, reason: `it has more than ${MOST_ENTRIES} entries, the limit` });
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    const start = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > bytes.byteLength) throw broken();
    const content = bytes.subarray(start, start + size);
    const type = String.fromCharCode(header[156]!);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === GNU_LONG_NAME) longName = text(Buffer.from(content), 0, size);
    else if (type === PAX_HEADER) longName = paxPath(Buffer.from(content)) ?? longName;
    else {
      const name = safePath(file, longName ?? nameOf(header));
      longName = undefined;
      if (LINK_TYPES.includes(type)) throw fail('model.refused', { file, reason: `${name} is a link` });
      if (!FILE_TYPES.includes(type)) continue;
      if (files.has(name)) throw fail('model.refused', { file, reason: `${name} is there twice` });
      files.set(name, () => content);
    }
  }
  return files;
}

function nameOf(header: Buffer): string {
  const prefix = text(header, 345, 155);
  const name = text(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
function text(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** `path` of records such as `27 path=some/long/name\n`. */
function paxPath(content: Buffer): string | undefined {
  const found = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content.toString('utf8'));
  return found?.[1];
}
