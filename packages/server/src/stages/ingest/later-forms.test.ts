import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded } from '../../testing/encoded-text.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, type DatasetManifest, previewRows, type Row } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const append = async (manifest: DatasetManifest, content: string | Uint8Array) => {
  const file = await lake.file('later', content);
  return appendFile(manifest, { file, fileName: 'later', dataset: 'd' }, lake.ports);
};

/** The rows that a later file adds to a dataset of the first one, and how it was read. */
async function added(first: string | Uint8Array, later: string | Uint8Array) {
  const { manifest: parent } = await lake.ingest('first', first);
  const { manifest, report } = await append(parent, later);
  const rows: Row[] = await previewRows(manifest, { offset: parent.rows, limit: 100 }, lake.ports);
  return { rows, report };
}

const TICKETS = 'text,label\n"no heat, no light",a\nlate,b\n"broken, again",a\nfine,b\n';
const COMMAS = 'a, b;c\nx;1\ny;2\nz;3\n';
const PLAIN = 'note\nfirst\nsecond\nthird\n';
const CYRILLIC = encoded('город;n\nМосква;1\nКазань;2\nСамара;3\nОмск;4\n', 'windows-1251');
const CENTRAL = encoded('city;n\nŁódź;1\nKraków;2\nGdańsk;3\nPoznań;4\nWrocław;5\n', 'windows-1250');
const CHINESE = encoded('城市,n\n北京,1\n上海,2\n广州,3\n深圳市南山区,4\n成都高新技术产业区,5\n', 'gb18030');

describe('a short later file is read in the form of the first one', () => {
  test.each<[string, string | Uint8Array, string | Uint8Array, Row[]]>([
    [
      'another delimiter divides its one row as well',
      'name;size\nnut;1,5\nbolt;2,5\n',
      'name;size\nwasher;3,5\n',
      [{ name: 'washer', size: 3.5 }],
    ],
    ['commas stand in its header and row', COMMAS, 'a, b;c\nw, v;4\n', [{ 'a, b': 'w, v', c: 4 }]],
    [
      'one column of text full of commas',
      PLAIN,
      'note\nwell, that is, so to say, it\n',
      [{ note: 'well, that is, so to say, it' }],
    ],
    [
      'one column of text that holds every delimiter',
      PLAIN,
      'note\na,b;c|d\te\nf,g;h|i\tj\n',
      [{ note: 'a,b;c|d\te' }, { note: 'f,g;h|i\tj' }],
    ],
    [
      'lines stand before its header and one row below it',
      'city,sales,open\nUlm,3,yes\nBonn,4,no\n',
      'Report\nfor May\ncity,sales,open\nJena,5,yes\n',
      [{ city: 'Jena', sales: 5, open: 'yes' }],
    ],
    [
      'no header',
      '1,2.5,x\n2,3.5,y\n3,4.5,z\n',
      '4,5.5,w\n',
      [{ column_1: 4, column_2: 5.5, column_3: 'w' }],
    ],
    ['words alone, and no header', 'a,1\nb,2\nc,3\na,4\n', 'd,5\n', [{ column_1: 'd', column_2: 5 }]],
    [
      'one word in Windows-1251',
      CYRILLIC,
      encoded('город;n\nУфа;5\n', 'windows-1251'),
      [{ город: 'Уфа', n: 5 }],
    ],
    [
      'one word in Windows-1250 that other encodings have too',
      CENTRAL,
      encoded('city;n\nŁom;6\n', 'windows-1250'),
      [{ city: 'Łom', n: 6 }],
    ],
    [
      'one Chinese character whose bytes are valid UTF-8',
      CHINESE,
      encoded('城市,n\n模,6\n', 'gb18030'),
      [{ 城市: '模', n: 6 }],
    ],
    [
      'quotes that are part of the text',
      'id\tsize\n1\t5" pipe\n2\t7" pipe\n3\t"9 x 9\n',
      'id\tsize\n4\t"3 and 4\n',
      [{ id: 4, size: '"3 and 4' }],
    ],
    [
      'one object with lists where rows have lists',
      '{"a":[1,2],"b":[3]}\n{"a":[4],"b":[5,6]}\n',
      '{"a":[7,8],"b":[9,10]}\n',
      [{ a: '[7,8]', b: '[9,10]' }],
    ],
    [
      'one member that is a row, with a label',
      '{"r1":{"a":1,"b":"x"},"r2":{"a":2,"b":"y"}}',
      '{"r3":{"a":3,"b":"z"}}',
      [{ index: 'r3', a: 3, b: 'z' }],
    ],
  ])('where there is %s', async (_, first, later, rows) => {
    expect((await added(first, later)).rows).toMatchObject(rows);
  });

  test('and the report says so where its own values suggest another', async () => {
    const { report } = await added(COMMAS, 'a, b;c\nw, v;4\n');
    const kept = report.findings.find(({ code }) => code === 'form-kept');
    expect(kept).toMatchObject({ severity: 'info', override: '--delimiter' });
    expect(kept!.message).toContain('a semicolon between fields');
    expect(kept!.message).toContain('by itself it would be read with a comma between fields');
  });
});

describe('a later file in another form is read by its own', () => {
  test.each<[string, string | Uint8Array, string | Uint8Array, Row[]]>([
    ['delimiter', TICKETS, 'text;label\n"a, b";a\n', [{ text: 'a, b', label: 'a' }]],
    ['delimiter, one row', TICKETS, 'label\ttext\nb\tx, y, z\n', [{ text: 'x, y, z', label: 'b' }]],
    [
      'quotes',
      TICKETS,
      "text,label\n'one, two',a\n'three, four',b\n",
      [
        { text: 'one, two', label: 'a' },
        { text: 'three, four', label: 'b' },
      ],
    ],
    ['encoding, UTF-8', CENTRAL, 'city;n\nŁomża;6\n', [{ city: 'Łomża', n: 6 }]],
    ['encoding, UTF-16', CYRILLIC, encoded('\ufeffгород;n\nУфа;5\n', 'utf-16le'), [{ город: 'Уфа', n: 5 }]],
    [
      'encoding, another legacy one',
      'city;n\nKöln;1\nZürich;2\n',
      encoded('city;n\nМосква;5\nКазань;6\n', 'windows-1251'),
      [
        { city: 'Москва', n: 5 },
        { city: 'Казань', n: 6 },
      ],
    ],
    [
      'encoding, one word of another alphabet',
      encoded('city;n\nKöln;1\nZürich;2\nMünchen;3\n', 'windows-1252'),
      encoded('city;n\nМосква;5\n', 'windows-1251'),
      [{ city: 'Москва', n: 5 }],
    ],
    [
      'header where there was none',
      '1,2.5\n2,3.5\n',
      'column_2,column_1\n4.5,3\n',
      [{ column_1: 3, column_2: 4.5 }],
    ],
    ['format', TICKETS, '[{"label":"b","text":"x; y"}]', [{ text: 'x; y', label: 'b' }]],
    ['format, delimited text', '[{"a":1,"b":"x"}]', 'b\ta\nv, w\t2\n', [{ a: 2, b: 'v, w' }]],
  ])('%s', async (_, first, later, rows) => {
    expect((await added(first, later)).rows).toEqual(rows);
  });

  test('and the report says so', async () => {
    const { report } = await added(TICKETS, 'text;label\nx;a\n');
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: 'form-changed', severity: 'info', override: '--delimiter' }),
    );
  });

  test('a header of a file for a dataset without one is refused, and not read as a row', async () => {
    const { manifest } = await lake.ingest('first', '1,2.5\n2,3.5\n3,4.5\n');
    await expect(append(manifest, 'id,price\n4,5.5\n')).rejects.toMatchObject({
      code: 'dataset.schema-differs',
    });
  });

  test('a delimiter in the text of the only row is refused with its line', async () => {
    const { manifest } = await lake.ingest('first', TICKETS);
    await expect(append(manifest, 'text,label\nhello, world,a\n')).rejects.toMatchObject({
      code: 'file.ragged',
      details: { line: 2, found: 3, expected: 2 },
    });
  });
});

test('the form of the first file is kept with all later versions', async () => {
  const { manifest } = await lake.ingest('first', CENTRAL);
  expect(manifest.schema.form).toEqual({
    format: 'csv',
    encoding: 'windows-1250',
    delimiter: ';',
    quote: '"',
    escape: '"',
    header: true,
  });
  const { manifest: later } = await append(manifest, 'n,city\n9,Łomża\n');
  expect(later.schema.form).toEqual(manifest.schema.form);
});

test('a version from before forms were kept is appended to by the form that the file shows', async () => {
  const { manifest } = await lake.ingest('first', TICKETS);
  const { form: _, ...schema } = manifest.schema;
  const { manifest: later } = await append({ ...manifest, schema }, 'text;label\nx;a\n');
  expect(later.rows).toBe(5);
});
