import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { type DatasetManifest, previewRows, type Row, readTable } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const rowsOf = (manifest: DatasetManifest): Promise<Row[]> =>
  previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);

async function rowsIn(name: string, content: string | Uint8Array): Promise<Row[]> {
  return rowsOf((await lake.ingest(name, content)).manifest);
}

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

const EXPECTED: Row[] = [
  { name: 'Zoë', size: 1.5, kind: 'a' },
  { name: 'Ann', size: null, kind: 'b' },
];

describe('delimited text is read whatever its form', () => {
  const plain = 'name,size,kind\nZoë,1.5,a\nAnn,,b\n';
  test.each<[string, string | Uint8Array]>([
    ['commas', plain],
    ['semicolons and decimal commas', 'name;size;kind\nZoë;1,5;a\nAnn;;b\n'],
    ['tabs', plain.replaceAll(',', '\t')],
    ['pipes', plain.replaceAll(',', '|')],
    ['quotes', '"name","size","kind"\n"Zoë","1.5","a"\n"Ann","","b"\n'],
    ['a byte-order mark', `\ufeff${plain}`],
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['CR alone', plain.replaceAll('\n', '\r')],
    ['mixed line ends', 'name,size,kind\r\nZoë,1.5,a\nAnn,,b\r\n'],
    ['no last line end', plain.trimEnd()],
    ['blank lines', 'name,size,kind\n\nZoë,1.5,a\n\nAnn,,b\n\n'],
    ['leading blank lines', `\n\n${plain}`],
    ['UTF-16 LE', utf16(plain)],
    ['UTF-16 BE', utf16(plain, true)],
    ['UTF-16 LE without a mark', Buffer.from(plain, 'utf16le')],
    ['Latin-1', Buffer.from(plain, 'latin1')],
    ['gzip', gzipSync(plain)],
    ['gzip of UTF-16', gzipSync(utf16(plain))],
    ['two gzip members', Buffer.concat([gzipSync(plain.slice(0, 20)), gzipSync(plain.slice(20))])],
    ['spaces around names', 'name , size, kind\nZoë,1.5,a\nAnn,,b\n'],
    ['a misleading ending', plain],
  ])('%s', async (form, content) => {
    const name = form === 'a misleading ending' ? 'x.parquet' : `${form}.csv`;
    expect(await rowsIn(name, content)).toEqual(EXPECTED);
  });

  test('quoted fields keep delimiters, quotes and line ends', async () => {
    expect(await rowsIn('quoted.csv', 'a,b\n"x, ""y""\nz",1\n"r\r\ns",2\n')).toEqual([
      { a: 'x, "y"\nz', b: 1 },
      { a: 'r\r\ns', b: 2 },
    ]);
  });

  test('quotes escaped by backslashes are read', async () => {
    expect(await rowsIn('escaped.csv', 'a,b\n"say \\"hi\\" now",1\nplain,2\n')).toEqual([
      { a: 'say "hi" now', b: 1 },
      { a: 'plain', b: 2 },
    ]);
  });

  test('bytes that are no UTF-8 far down make the file Windows-1252, and no row is lost', async () => {
    const head = `a,b\n${'plain,1\n'.repeat(300_000)}`;
    const { manifest } = await lake.ingest(
      'late.csv',
      Buffer.concat([Buffer.from(head), Buffer.from('caf\xe9,2\n', 'latin1')]),
    );
    expect(manifest.rows).toBe(300_001);
    expect(await previewRows(manifest, { offset: 300_000, limit: 1 }, lake.ports)).toEqual([
      { a: 'café', b: 2 },
    ]);
  });
});

describe('headers', () => {
  test('repeated and empty names are made unique, and it is said', async () => {
    const { manifest, report } = await lake.ingest('names.csv', 'a,,a,A,a_2\n1,2,3,4,5\n');
    expect(manifest.schema.columns.map(({ name }) => name)).toEqual(['a', 'column_2', 'a_3', 'A_4', 'a_2']);
    expect(report.findings.filter(({ code }) => code === 'renamed-column')).toHaveLength(3);
  });

  test('a first line of data gets names, and it is said', async () => {
    const { manifest, report } = await lake.ingest('bare.csv', '1.5,x\n2.5,y\n3.5,z\n');
    expect(manifest.schema.columns.map(({ name }) => name)).toEqual(['column_1', 'column_2']);
    expect(manifest.rows).toBe(3);
    expect(report.findings.map(({ message }) => message).join()).toMatch(/first line holds data/);
  });

  test('years are names of columns', async () => {
    expect(await rowsIn('years.csv', 'land,2020,2021\nChad,1.5,2.5\n')).toEqual([
      { land: 'Chad', 2020: 1.5, 2021: 2.5 },
    ]);
  });

  test('a table of words alone has a header', async () => {
    expect(await rowsIn('words.csv', 'p,q\nx,y\n')).toEqual([{ p: 'x', q: 'y' }]);
  });

  test('the user may say that there is none, and name the delimiter', async () => {
    const { manifest } = await lake.ingest('told.csv', 'x:1\ny:2\n', { header: false, delimiter: ':' });
    expect(await rowsOf(manifest)).toEqual([
      { column_1: 'x', column_2: 1 },
      { column_1: 'y', column_2: 2 },
    ]);
  });
});

describe('types hold for all rows', () => {
  const column = async (values: string[], before: string[] = []) => {
    const { manifest } = await lake.ingest(
      't.csv',
      `v,other\n${[...before, ...values].map((v) => `${v},x`).join('\n')}\n`,
    );
    return manifest.schema.columns[0]!;
  };
  const many = Array.from({ length: 6_000 }, (_, i) => String(i % 50));

  test.each<[string, string[], string]>([
    ['whole numbers', ['1', '-2', '+3'], 'number'],
    ['numbers', ['1.5', '.5', '2.', '1e-3'], 'number'],
    ['codes with leading zeros', ['007', '123', '045'], 'string'],
    ['codes longer than a float holds', ['12345678901234567890', '12345678901234567891'], 'string'],
    ['digits with underscores', ['1_000', '2_000'], 'string'],
    ['marks between thousands', ['"1,234"', '"5,678"'], 'number'],
    ['decimal commas in quotes', ['"1,23"', '"5,6"'], 'number'],
    ['commas elsewhere', ['"1,23"', '"5,6,78"'], 'string'],
    ['infinities', ['inf', '-inf'], 'string'],
    ['true and false', ['True', 'FALSE', 'true'], 'boolean'],
    ['yes and no', ['Yes', 'No', 'Yes'], 'string'],
    ['numbers with a word', ['1', '2', 'three'], 'string'],
    ['mixed booleans and numbers', ['true', '1'], 'string'],
  ])('%s', async (_, values, type) => {
    expect((await column(values)).type).toBe(type);
  });

  test.each<[string, string, string]>([
    ['a late fraction makes whole numbers fractional', '0.5', 'number'],
    ['a late word among many numbers is read as missing', 'oops', 'number'],
    ['a late code makes numbers words', '007', 'string'],
    ['a late missing word does not', 'NA', 'number'],
    ['a late blank does not', '   ', 'number'],
    ['a late missing word between spaces does not', ' N/A ', 'number'],
  ])('%s', async (_, late, type) => {
    const schema = await column([late], many);
    expect(schema.type).toBe(type);
    expect(schema.integer).toBe(type === 'number' ? late !== '0.5' : undefined);
  });

  test('a column that begins empty is read by its later values', async () => {
    const empty = Array.from({ length: 6_000 }, () => '');
    expect((await column(['2020-01-01', '2020-02-01'], empty)).type).toBe('timestamp');
    expect((await column(['1.5', '2.5'], empty)).type).toBe('number');
    expect((await column([], empty)).type).toBe('string');
  });

  test('missing-value words are missing, in words too; other values are kept to the letter', async () => {
    const csv = 'a,b\nNA,1\n N/A ,2\n?,3\n-,4\nnull,5\nNaN,NaN\n  x ,7\n  ,8\n';
    const { manifest, profile } = await lake.ingest('m.csv', csv);
    const { columns } = await readTable(manifest, lake.ports);
    expect(columns[0]).toMatchObject({
      dictionary: ['  x '],
      codes: Int32Array.of(-1, -1, -1, -1, -1, -1, 0, -1),
    });
    expect(columns[1]).toMatchObject({ values: Float64Array.of(1, 2, 3, 4, 5, Number.NaN, 7, 8) });
    expect(profile.columns[0]).toMatchObject({ missing: 7, distinct: 1 });
    // Which word it was is kept: as a target, the column may have classes of these names.
    const words = (await rowsOf(manifest)).map(({ a }) => a);
    expect(words).toEqual(['NA', 'N/A', '?', '-', 'null', 'NaN', '  x ', null]);
    expect(manifest.schema.columns[0]!.missing!.toSorted()).toEqual(['-', '?', 'N/A', 'NA', 'NaN', 'null']);
  });

  test('decimal commas are taken only where the comma does not divide fields', async () => {
    expect(await rowsIn('d.csv', 'a;b\n1,5;x\n2;y\n')).toEqual([
      { a: 1.5, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    expect(await rowsIn('e.csv', 'a;b\n1.234,5;x\n2,5;y\n')).toEqual([
      { a: 1234.5, b: 'x' },
      { a: 2.5, b: 'y' },
    ]);
  });
});

describe('dates', () => {
  const date = (iso: string) => new Date(iso).toISOString();
  test.each<[string, string, string]>([
    ['2010-02-05', '2010-02-06', '2010-02-05'],
    ['2010-02-05 10:20:30', '2010-02-05', '2010-02-05T10:20:30Z'],
    ['2010-02-05T10:20:30.250', '2010-02-05T10:20:30', '2010-02-05T10:20:30.250Z'],
    ['2010-02-05T10:20:30Z', '2010-02-05T10:20:30Z', '2010-02-05T10:20:30Z'],
    ['2010-02-05 10:20:30+02:00', '2010-02-05 10:20:30+00:00', '2010-02-05T08:20:30Z'],
    ['1949-01', '1949-12', '1949-01-01'],
    ['1982 Apr', '1982 May', '1982-04-01'],
    ['Apr 1982', 'May 1982', '1982-04-01'],
    ['Jun 12 1998', 'Jul 1 1998', '1998-06-12'],
    ['12-Jun-98', '1-Jul-98', '1998-06-12'],
    ['2010/02/05', '2010/12/31', '2010-02-05'],
    ['05.02.2010', '31.12.2010', '2010-02-05'],
    ['31/12/2010', '01/02/2010', '2010-12-31'],
    ['12/31/2010', '01/02/2010', '2010-12-31'],
    ['12/31/2010 11:30 PM', '1/2/2010 1:05 AM', '2010-12-31T23:30:00Z'],
  ])('%s', async (first, second, expected) => {
    const { manifest } = await lake.ingest('dates.csv', `when,n\n"${first}",1\n"${second}",2\n`);
    expect(manifest.schema.columns[0]!.type).toBe('timestamp');
    expect((await rowsOf(manifest))[0]!.when).toBe(date(expected));
  });

  test('day and month are told apart over all rows', async () => {
    const days = Array.from({ length: 6_000 }, (_, i) => `0${(i % 9) + 1}/02/2010,x`);
    const { manifest, report } = await lake.ingest('dm.csv', `when,x\n${days.join('\n')}\n25/02/2010,x\n`);
    expect((await rowsOf(manifest))[2]!.when).toBe(date('2010-02-03'));
    expect(report.findings.find(({ code }) => code === 'date-order')?.message).toMatch(/day first/);
  });

  test('a day that does not exist makes the column words', async () => {
    expect((await rowsIn('no.csv', 'when,x\n2010-02-30,1\n2010-02-01,2\n'))[0]!.when).toBe('2010-02-30');
  });
});

describe('JSON', () => {
  const expected = [
    { id: 'a1', n: 1.5, ok: true, 'at.city': 'Oslo', tags: '["x","y"]', when: '2020-01-02T00:00:00.000Z' },
    { id: '007', n: null, ok: false, 'at.city': null, tags: null, when: null },
  ];
  const objects = [
    { id: 'a1', n: 1.5, ok: true, at: { city: 'Oslo' }, tags: ['x', 'y'], when: '2020-01-02' },
    { id: '007', ok: false },
  ];
  test.each<[string, string | Uint8Array]>([
    ['an array of objects', JSON.stringify(objects)],
    ['a pretty array', JSON.stringify(objects, null, 2)],
    ['an object a line', objects.map((one) => JSON.stringify(one)).join('\n')],
    ['an object a line, gzipped', gzipSync(objects.map((one) => JSON.stringify(one)).join('\n'))],
    ['a byte-order mark', `\ufeff${JSON.stringify(objects)}`],
    ['UTF-16', utf16(JSON.stringify(objects))],
  ])('%s', async (form, content) => {
    const { manifest, report } = await lake.ingest(`${form}.txt`, content);
    expect(await rowsOf(manifest)).toEqual(expected);
    expect(report.findings.map(({ message }) => message)).toContain('Lists are kept as JSON text: tags.');
  });

  test('a key that appears only in the last object is a column', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => JSON.stringify({ i: i / 2 }));
    const { manifest } = await lake.ingest('late.json', `${lines.join('\n')}\n{"i":1,"late":true}\n`);
    expect(manifest.schema.columns.map(({ name, type }) => [name, type])).toEqual([
      ['i', 'number'],
      ['late', 'boolean'],
    ]);
  });

  test('a value of another kind makes the column words', async () => {
    expect(await rowsIn('mixed.json', '{"a":1}\n{"a":"x"}\n')).toEqual([{ a: '1' }, { a: 'x' }]);
  });
});

test('Parquet is read with its types, also gzipped', async () => {
  const { manifest } = await lake.ingest('p.csv', 'n,s,b,t\n1,x,true,2020-01-02\n2,,false,\n');
  const parquet = await lake.ports.objects.localPath(manifest.segments[0]!.sha256);
  const { readFile } = await import('node:fs/promises');
  const bytes = await readFile(parquet);
  for (const content of [bytes, gzipSync(bytes)]) {
    const again = await lake.ingest('again.bin', content);
    expect(again.manifest.schema.columns).toEqual(manifest.schema.columns);
    expect(again.manifest.lineage.format).toBe('parquet');
    expect(await rowsOf(again.manifest)).toEqual(await rowsOf(manifest));
  }
});

test('rows keep the order of the file, also when several threads read it', async () => {
  const lines = Array.from({ length: 400_000 }, (_, i) => `${i},word ${i % 97},${i / 8},NA`);
  const { manifest } = await lake.ingest('order.csv', `i,w,x,m\n${lines.join('\n')}\n`);
  const { readTable } = await import('./index.ts');
  const table = await readTable(manifest, lake.ports, { columns: ['i', 'w'] });
  const [index, word] = table.columns;
  expect(index?.type === 'number' && index.values.every((value, row) => value === row)).toBe(true);
  expect(
    word?.type === 'string' && word.codes.every((code, row) => word.dictionary[code] === `word ${row % 97}`),
  ).toBe(true);
});

test('the manifest tells where the rows come from, and the same file gives the same manifest', async () => {
  const first = await lake.ingest('same.csv', 'a,b\n1,x\n2,y\n');
  const second = await lake.ingest('same.csv', 'a,b\n1,x\n2,y\n');
  expect(second.manifest).toEqual(first.manifest);
  expect(first.manifest.lineage).toMatchObject({ source: 'same.csv', sourceBytes: 12, format: 'csv' });
});
