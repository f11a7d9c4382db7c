import type { Column } from '../ingest/index.ts';

const MIX_LOW = 0x85ebca6b;
const MIX_HIGH = 0xc2b2ae35;

/**
 * A 53-bit hash of each row (all when `rows` is left out) by its values, so that rows of different tables can be compared
 * when their columns come in one order. Missing values are equal to each other. Of a million rows against a hundred thousand,
 * two that differ meet with a chance of 1 in 100,000.
 */
export function hashRows(columns: readonly Column[], rows: Int32Array | number): Float64Array {
  const length = typeof rows === 'number' ? rows : rows.length;
  const rowAt = typeof rows === 'number' ? (i: number) => i : (i: number) => rows[i]!;
  const low = new Int32Array(length);
  const high = new Int32Array(length);
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  for (const column of columns) {
    const hashes = column.type === 'string' ? column.dictionary.map(hashText) : [];
    const valueAt =
      column.type === 'string'
        ? (row: number) => (column.codes[row]! < 0 ? -1 : hashes[column.codes[row]!]!)
        : (row: number) => column.values[row]! + 0; // -0 equals 0
    for (let i = 0; i < length; i++) {
      double[0] = valueAt(rowAt(i));
      low[i] = mixed(low[i]! ^ words[0]!, MIX_LOW) + words[1]!;
      high[i] = mixed(high[i]! ^ words[1]!, MIX_HIGH) + words[0]!;
    }
  }
  const hashes = new Float64Array(length);
  for (let i = 0; i < length; i++)
    hashes[i] = (mixed(low[i]!, MIX_HIGH) >>> 0) + (mixed(high[i]!, MIX_LOW) >>> 11) * 2 ** 32;
  return hashes;
}

/** 53 bits of a text: FNV-1a (Fowler, Noll and Vo 1991) from two starts. */
function hashText(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x01000193);
  }
  return (low >>> 0) + (mixed(high, MIX_LOW) >>> 11) * 2 ** 32;
}

function mixed(value: number, by: number): number {
  const h = Math.imul(value ^ (value >>> 15), by);
  return Math.imul(h ^ (h >>> 13), 0x27d4eb2f) ^ (h >>> 16);
}
