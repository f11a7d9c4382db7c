import { inflateRawSync } from 'node:zlib';
import { fail, type SlipwayError } from '@slipway/contract';
import { type Archive, type ArchiveAsk, MOST_ENTRIES, safePath } from './entries.ts';

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 */
const END = { signature: 0x06054b50, bytes: 22, longestComment: 65_535 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const SYMBOLIC_LINK = 0o120000;
const IN_ZIP64 = 0xffffffff;

/** The files of a zip, by its central directory. Each is unpacked once, and all of them into `maxBytes` at most. */
export function readZip({ file, bytes, maxBytes }: ArchiveAsk): Archive {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refused = (reason: string) => fail('model.refused', { file, reason });
  const files = new Map<string, () => Uint8Array>();
  const unpacked = new Map<string, Uint8Array>();
  let bytesLeft = maxBytes;
  const unpackOnce = (entry: Entry): Uint8Array => {
    const known = unpacked.get(entry.name);
    if (known !== undefined) return known;
    if (entry.size <= maxBytes && entry.size > bytesLeft)
      throw refused(`its files have more than ${maxBytes} bytes together, the limit`);
    const content = unpack(zip, entry, maxBytes, refused);
    bytesLeft -= content.length;
    unpacked.set(entry.name, content);
    return content;
  };
  const end = endOf(zip, refused);
  const entries = zip.readUInt16LE(end + 10);
  if (entries > MOST_ENTRIES) throw refused(`it has ${entries} entries; the limit is ${MOST_ENTRIES}`);
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < entries; i++) {
    if (at + ENTRY.bytes > zip.length || zip.readUInt32LE(at) !== ENTRY.signature)
      throw refused('the directory of the zip file is broken');
    const entry = entryAt(zip, at);
    at = entry.next;
    if (entry.name.endsWith('/')) continue;
    const name = safePath(file, entry.name);
    if (entry.isLink) throw refused(`${name} is a link`);
    if (files.has(name)) throw refused(`${name} is there twice`);
    files.set(name, () => unpackOnce({ ...entry, name }));
  }
  return files;
}

type Refuse = (reason: string) => SlipwayError;
type Entry = ReturnType<typeof entryAt>;

function endOf(zip: Buffer, refused: Refuse): number {
  const first = Math.max(0, zip.length - END.bytes - END.longestComment);
  for (let at = zip.length - END.bytes; at >= first; at--) {
    if (zip.readUInt32LE(at) === END.signature) return at;
  }
  throw refused('the zip file is cut off');
}

function entryAt(zip: Buffer, at: number) {
  const nameBytes = zip.readUInt16LE(at + 28);
  const nameAt = at + ENTRY.bytes;
  return {
    name: zip.subarray(nameAt, nameAt + nameBytes).toString('utf8'),
    isEncrypted: (zip.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
    method: zip.readUInt16LE(at + 10),
    packed: zip.readUInt32LE(at + 20),
    size: zip.readUInt32LE(at + 24),
    isLink: ((zip.readUInt32LE(at + 38) >>> 16) & 0o170000) === SYMBOLIC_LINK,
    local: zip.readUInt32LE(at + 42),
    next: nameAt + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32),
  };
}

function unpack(zip: Buffer, entry: Entry, maxBytes: number, refused: Refuse): Uint8Array {
  const { name, local, packed, size, method } = entry;
  if (entry.isEncrypted) throw refused(`${name} is encrypted`);
  if ([packed, size, local].includes(IN_ZIP64)) throw refused(`${name} needs Zip64; pack it as tar instead`);
  if (size > maxBytes) throw refused(`${name} has ${size} bytes; the limit is ${maxBytes}`);
  if (local + LOCAL.bytes > zip.length || zip.readUInt32LE(local) !== LOCAL.signature)
    throw refused(`${name} does not lie where the zip file says`);
  const start = local + LOCAL.bytes + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const content = zip.subarray(start, start + packed);
  if (content.length !== packed) throw refused(`${name} is cut off`);
  const whole = method === STORED ? content : inflate(content, entry, refused);
  if (whole.length !== size) throw refused(`${name} is not as long as the zip file says`);
  return whole;
}

function inflate(content: Buffer, { name, method, size }: Entry, refused: Refuse): Buffer {
  if (method !== DEFLATED) throw refused(`${name} is packed in a way that is not read (method ${method})`);
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw refused(`${name} does not unpack`);
  }
}
