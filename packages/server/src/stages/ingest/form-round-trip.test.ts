import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encoded } from '../../testing/encoded-text.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { previewRows, type Row } from './index.ts';
import { openSource } from './open-source.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

/** Words that no column of them is read as anything but words; nothing around them, and no word of another encoding. */
const word = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', ',', ';', '|', '#', "'", '0', '.'),
  maxLength: 8,
});
const words = word.map((rest) => `w${rest}w`);
const numbers = fc.integer({ min: -1_000_000, max: 1_000_000 });
const tables = fc.array(
  fc.record({ name: words, count: numbers, city: fc.constantFrom('Köln', 'Zürich', 'Málaga') }),
  {
    minLength: 2,
    maxLength: 20,
  },
);

const dialects = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  lastEnd: fc.boolean(),
  quotes: fc.constantFrom('all', 'needed'),
  encoding: fc.constantFrom('utf-8', 'windows-1252', 'utf-16le', 'utf-16be'),
  mark: fc.boolean(),
  before: fc.constantFrom('none', 'title', 'titles', 'comment', 'separator', 'blank'),
  again: fc.boolean(),
  after: fc.constantFrom('none', 'note', 'total'),
});
type Written = typeof dialects extends fc.Arbitrary<infer T> ? T : never;

const BEFORE: Record<Written['before'], (delimiter: string) => string[]> = {
  none: () => [],
  title: () => ['Report of May'],
  titles: () => ['Report', 'of May', ''],
  comment: () => ['# made by X'],
  separator: (delimiter) => [`sep=${delimiter}`],
  blank: () => ['', ''],
};
const AFTER: Record<Written['after'], string[]> = {
  none: [],
  note: ['', 'made by finance'],
  total: ['Total'],
};

/** The text of a table, and the line of each row. */
function write(rows: readonly Row[], form: Written): { text: string; lines: number[] } {
  const field = (value: Row[string]) => {
    const text = String(value);
    const isPlain = form.quotes === 'needed' && !text.includes(form.delimiter);
    return isPlain ? text : `"${text}"`;
  };
  const header = ['name', 'count', 'city'];
  const before = BEFORE[form.before](form.delimiter);
  const records = rows.map((row) => header.map((name) => field(row[name]!)).join(form.delimiter));
  const heading = header.map(field).join(form.delimiter);
  const again = form.again ? [heading] : [];
  const all = [...before, heading, records[0]!, ...again, ...records.slice(1), ...AFTER[form.after]];
  const first = before.length + 2;
  const lines = rows.map((_, i) => first + i + (form.again && i > 0 ? 1 : 0));
  return { text: all.join(form.end) + (form.lastEnd ? form.end : ''), lines };
}

function bytesOf(text: string, { encoding, mark }: Written): Buffer {
  const marked = mark && encoding !== 'windows-1252' ? `\ufeff${text}` : text;
  return encoding === 'utf-8'
    ? Buffer.from(marked)
    : encoding === 'windows-1252'
      ? encoded(marked, encoding)
      : wide(marked, encoding);
}

function wide(text: string, encoding: string): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}

test('a table comes back from whatever form it is written in, with the lines of its rows', async () => {
  await fc.assert(
    fc.asyncProperty(tables, dialects, async (rows, form) => {
      // Rows that say the same as the header or a note below are none.
      const { text, lines } = write(rows, form);
      const bytes = bytesOf(text, form);
      const { manifest } = await lake.ingest('table', bytes);
      expect(await previewRows(manifest, { offset: 0, limit: 100 }, lake.ports)).toEqual(rows);
      const file = await lake.file('table', bytes);
      const workspace = await lake.ports.tables.open({ reads: [file] });
      try {
        const source = await openSource(workspace, { file, fileName: 'table' });
        expect(await source.linesOf(rows.map((_, i) => i))).toEqual(lines);
        expect(source.findings.some(({ code }) => code === 'repeated-header')).toBe(form.again);
      } finally {
        await workspace.close();
      }
    }),
    { numRuns: 60 },
  );
});
