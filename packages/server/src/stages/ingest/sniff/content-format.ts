import { fail } from '@slipway/contract';
import { type BinaryFormat, binaryFormat } from './binary-formats.ts';

export type ContentFormat = 'gzip' | 'parquet' | 'text' | 'empty';

/** So many of the first bytes tell what a file is. */
export const MAGIC_BYTES = 4_096;

const GZIP = [0x1f, 0x8b];
const PARQUET = [0x50, 0x41, 0x52, 0x31];

/** What a file is by its first bytes; its name plays no part. Throws `file.binary`, which names what it is. */
export function contentFormat(head: Uint8Array, file: string): ContentFormat {
  if (head.length === 0) return 'empty';
  if (startsWith(head, GZIP)) return 'gzip';
  if (startsWith(head, PARQUET)) return 'parquet';
  const other = binaryFormat(head);
  if (other !== null) throw notATable(file, other);
  return 'text';
}

function notATable(file: string, { what, wayOut }: BinaryFormat) {
  return fail('file.binary', { file, what, wayOut });
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}
