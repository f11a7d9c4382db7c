import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseDelimited } from './normalise.ts';
import { RecordReader } from './record-reader.ts';

const fields = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ',', ';', '"', '\n', '\r', ' ', '0') });
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc.array(fc.array(fields, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
  );

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;
const limits = { file: 'f', maxRecordCharacters: 10_000 };

function read(pieces: string[], delimiter: string): string[][] {
  const records: string[][] = [];
  const reader = new RecordReader(
    { delimiter, quote: '"', escape: '"' },
    (record) => records.push(record),
    limits,
  );
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return records;
}

/** Text cut into pieces at arbitrary places. */
function cut(text: string, lengths: number[]): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (const length of lengths) {
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...pieces, rest];
}

test('what is written quoted is read back, wherever the text is cut, for every line end', () => {
  fc.assert(
    fc.property(
      tables,
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(12)),
      fc.boolean(),
      (table, delimiter, end, lengths, lastEnd) => {
        const lines = table.map((record) => record.map(quoted).join(delimiter));
        const text = lines.join(end) + (lastEnd ? end : '');
        const expected = table.filter((record) => record.length > 1 || record[0] !== '');
        expect(
          read(cut(text, lengths), delimiter).filter((record) => record.length > 1 || record[0] !== ''),
        ).toEqual(expected);
      },
    ),
  );
});

test('the plain copy of a table is the same table, whatever its encoding', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom('utf-8', 'utf-16le'), async (table, encoding) => {
      const text = table.map((record) => record.map(quoted).join(';')).join('\r\n');
      const bytes = Buffer.from(text, encoding === 'utf-8' ? 'utf8' : 'utf16le');
      async function* chunks() {
        for (let i = 0; i < bytes.length; i += 7) yield bytes.subarray(i, i + 7);
      }
      const options = {
        ...limits,
        decoding: { encoding },
        dialect: { delimiter: ';', quote: '"', escape: '"' },
        trailing: 0,
        looseHeader: false,
        footer: 0,
        header: null,
        comment: undefined,
        start: 0,
        startLine: 1,
        columns: table[0]!.length,
      } as const;
      const out: Uint8Array[] = [];
      for await (const chunk of normaliseDelimited(chunks(), options)) out.push(chunk);
      const filled = (records: string[][]) =>
        records.filter((record) => record.length > 1 || record[0] !== '');
      const [header, ...rows] = read([Buffer.concat(out).toString()], ',');
      expect(header).toEqual(table[0]!.map((_, i) => `c${i}`));
      expect(filled(rows)).toEqual(filled(table));
    }),
  );
});

test('unquoted quotes inside a field are kept', () => {
  expect(read(['a,5" pipe,b\n'], ',')).toEqual([['a', '5" pipe', 'b']]);
});
