import { createHash } from 'node:crypto';
import type { AgreedLabel } from './consensus.ts';

/** What tells two sets of labels apart: the SHA-256 of their rows and values, in order of the rows. */
export function labelsDigest(labels: readonly Pick<AgreedLabel, 'row' | 'label'>[]): {
  sha256: string;
  bytes: number;
} {
  const sorted = labels.toSorted((a, b) => a.row - b.row);
  const text = sorted.map(({ row, label }) => `${JSON.stringify([row, label])}\n`).join('');
  return { sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) };
}
