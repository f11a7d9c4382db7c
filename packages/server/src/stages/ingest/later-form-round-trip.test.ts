import type { ReadOptions } from '@slipway/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encoded } from '../../testing/encoded-text.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, type DatasetManifest, previewRows } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

/** Texts with every delimiter and both quotes in them, and letters that encodings differ in. */
const note = fc
  .string({
    unit: fc.constantFrom('a', ' ', ',', ';', '|', '\t', '"', "'", 'é', 'ß', '0', '.'),
    maxLength: 12,
  })
  .map((text) => `w${text}w`);
const rows = fc.array(
  fc.record({
    note,
    day: fc.integer({ min: 0, max: 9_000 }),
    amount: fc.integer({ min: -99_999, max: 99_999 }),
  }),
  { minLength: 3, maxLength: 12 },
);
type Row = typeof rows extends fc.Arbitrary<(infer One)[]> ? One : never;

const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'] as const;
const form = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quotes: fc.constantFrom('all', 'needed'),
  end: fc.constantFrom('\n', '\r\n'),
  encoding: fc.constantFrom(...ENCODINGS),
  columns: fc.shuffledSubarray(['note', 'day', 'amount'] as const, { minLength: 3 }),
  json: fc.boolean(),
});
type Form = typeof form extends fc.Arbitrary<infer One> ? One : never;

/** Dates with the day first and decimal commas, as the first file has them. */
function cells({ note: text, day, amount }: Row): Record<string, string> {
  const [year, month, date] = new Date(day * 86_400_000).toISOString().slice(0, 10).split('-');
  return { note: text, day: `${date}/${month}/${year}`, amount: (amount / 100).toFixed(2).replace('.', ',') };
}

function written(part: readonly Row[], { delimiter, quotes, end, encoding, columns, json }: Form): Buffer {
  if (json) return Buffer.from(part.map((row) => JSON.stringify(cells(row))).join('\n'));
  const field = (text: string) =>
    quotes === 'needed' && !text.includes(delimiter) && !text.includes('"') && !text.startsWith("'")
      ? text
      : `"${text.replaceAll('"', '""')}"`;
  const lines = part.map((row) => columns.map((name) => field(cells(row)[name]!)).join(delimiter));
  const text = [columns.map(field).join(delimiter), ...lines, ''].join(end);
  if (encoding === 'utf-8') return Buffer.from(text);
  return encoded(encoding === 'windows-1252' ? text : `\ufeff${text}`, encoding);
}

const FIRST: Row[] = [
  { note: 'wéw', day: 30, amount: 150 },
  { note: 'wßw', day: 60, amount: -25 },
  { note: 'wa, b; cw', day: 90, amount: 1 },
];

/** What only the user can say: a few letters of a legacy encoding may be those of several languages. */
function toldOf({ encoding, json }: Form): ReadOptions {
  return encoding === 'windows-1252' && !json ? { encoding } : {};
}

async function appended(parent: DatasetManifest, part: readonly Row[], form: Form): Promise<DatasetManifest> {
  const file = await lake.file('part', written(part, form));
  const request = { file, fileName: 'part', dataset: 'd', options: toldOf(form) };
  return (await appendFile(parent, request, lake.ports)).manifest;
}

test('rows read alike in one file and in parts of any form, down to a single row', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      form,
      fc.array(form, { minLength: 3, maxLength: 3 }),
      async (all, first, forms) => {
        const form = { ...first, json: false };
        const ingest = (name: string, part: readonly Row[]) =>
          lake.ingest(name, written(part, form), toldOf(form));
        const { manifest: whole } = await ingest('whole', [...FIRST, ...all]);
        const { manifest } = await ingest('first', FIRST);
        const parts = [all.slice(0, 1), all.slice(1, 2), all.slice(2)];
        let version = manifest;
        for (const [i, part] of parts.entries()) version = await appended(version, part, forms[i]!);
        const page = { offset: 0, limit: 100 };
        expect(await previewRows(version, page, lake.ports)).toEqual(
          await previewRows(whole, page, lake.ports),
        );
      },
    ),
    { numRuns: 5, endOnFailure: true },
  );
});
