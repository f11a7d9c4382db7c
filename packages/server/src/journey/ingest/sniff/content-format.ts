import { fail } from '@slipway/contract';

export type ContentFormat = 'gzip' | 'parquet' | 'text' | 'empty';

/** First bytes of files that are certainly not tables, by name. */
const BINARY_MAGIC: readonly [name: string, bytes: number[]][] = [
  ['ZIP or Excel', [0x50, 0x4b, 0x03, 0x04]],
  ['PDF', [0x25, 0x50, 0x44, 0x46]],
  ['PNG', [0x89, 0x50, 0x4e, 0x47]],
  ['JPEG', [0xff, 0xd8, 0xff]],
  ['ELF', [0x7f, 0x45, 0x4c, 0x46]],
  ['old Excel', [0xd0, 0xcf, 0x11, 0xe0]],
  ['SQLite', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
];
const GZIP = [0x1f, 0x8b];
const PARQUET = [0x50, 0x41, 0x52, 0x31];

/** What a file is by its first bytes; its name plays no part. Throws `file.binary`. */
export function contentFormat(head: Uint8Array, file: string): ContentFormat {
  if (head.length === 0) return 'empty';
  if (startsWith(head, GZIP)) return 'gzip';
  if (startsWith(head, PARQUET)) return 'parquet';
  if (BINARY_MAGIC.some(([, bytes]) => startsWith(head, bytes))) throw fail('file.binary', { file });
  return 'text';
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
