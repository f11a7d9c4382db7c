import { expect, it } from 'vitest';
import type { FileFormat } from '../ingest/index.ts';
import { holdsSameRows, type NamedManifest } from './same-rows.ts';

/** A version of these segments. */
function version(
  manifestId: string,
  parent: string | null,
  segments: string[],
  format: FileFormat | 'labels' = 'csv',
): NamedManifest {
  const lineage = { source: 'a', sourceSha256: 's', sourceBytes: 1, format };
  const parts = segments.map((sha256) => ({ sha256, rows: 10, bytes: 1 }));
  const rows = 10 * segments.length;
  return {
    manifestId,
    manifest: { parent, schema: { columns: [] }, rows, bytes: 1, segments: parts, lineage },
  };
}

const first = version('v1', null, ['a']);
const appended = version('v2', 'v1', ['a', 'b']);
const labelled = version('v3', 'v2', ['x', 'b'], 'labels');
const replaced = version('v4', 'v3', ['y', 'b']);
const LINE = [first, appended, labelled, replaced];

it('holds while rows are appended and labelled, and from a version to itself', () => {
  expect(holdsSameRows(labelled, 'v1', LINE)).toBe(true);
  expect(holdsSameRows(labelled, 'v2', LINE)).toBe(true);
  expect(holdsSameRows(first, 'v1', LINE)).toBe(true);
});

it('holds no more once rows were replaced, and never for a version that is no ancestor', () => {
  expect(holdsSameRows(replaced, 'v1', LINE)).toBe(false);
  expect(holdsSameRows(first, 'v2', LINE)).toBe(false);
  expect(holdsSameRows(version('other', null, ['a']), 'v1', LINE)).toBe(false);
});
