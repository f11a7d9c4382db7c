import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IngestFindingCode, isFailure, type ReadOptions } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { ingestFile, previewRows, type Row } from './index.ts';
import { type OpenSource, openSource } from './open-source.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

type Read = { rows: Row[]; names: string[]; source: OpenSource };

/** The rows of a file, and how it was understood. */
async function read(content: string | Uint8Array, options: ReadOptions = {}): Promise<Read> {
  const file = await lake.file('file', content);
  const workspace = await lake.ports.tables.open({ reads: [file] });
  try {
    const source = await openSource(workspace, { file, fileName: 'file', options });
    const { manifest } = await ingestFile({ file, fileName: 'file', options }, lake.ports);
    const rows = await previewRows(manifest, { offset: 0, limit: 10_000 }, lake.ports);
    return { rows, names: manifest.schema.columns.map(({ name }) => name), source };
  } finally {
    await workspace.close();
  }
}

async function refusal(content: string | Uint8Array, options: ReadOptions = {}) {
  const error = await read(content, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw error ?? new Error('it was accepted');
  return error;
}

const found = ({ source }: Read, code: IngestFindingCode) =>
  source.findings.find((finding) => finding.code === code);

const CASES = new URL('../../../../../../shared/cases/data/', import.meta.url).pathname;
const aCase = test.skipIf(!existsSync(CASES));
const caseFile = (name: string) => readFileSync(join(CASES, name));

describe('files that users reported (needs the cases beside the checkout)', () => {
  aCase('lines before the header', async () => {
    const file = await read(caseFile('preamble.csv'));
    expect(file.names).toEqual(['city', 'sales', 'open']);
    expect(file.rows).toHaveLength(30);
    expect(found(file, 'skipped-lines')).toMatchObject({ line: 1, count: 2, override: '--skip-rows' });
  });

  aCase('a first line that names the delimiter, and comments', async () => {
    const separated = await read(caseFile('sep2.csv'));
    expect(separated.rows).toHaveLength(3);
    expect(separated.names).toEqual(['city', 'sales']);
    const commented = await read(caseFile('comment.csv'));
    expect(commented.names).toEqual(['city', 'sales']);
    expect(commented.rows[0]).toEqual({ city: 'Town0', sales: 0 });
  });

  aCase('numbers as header', async () => {
    const file = await read(caseFile('numheader.csv'));
    expect(file.names).toEqual(['0', '1', '2', '3']);
    expect(file.rows).toHaveLength(40);
  });

  aCase('a header that stands again', async () => {
    const file = await read(caseFile('concat.csv'));
    expect(file.rows.some((row) => row.bought === 'bought')).toBe(false);
    const lines = caseFile('concat.csv').toString().trimEnd().split('\n');
    const again = lines.indexOf('age,income,bought', 1) + 1;
    expect(file.rows).toHaveLength(lines.length - 2);
    expect(found(file, 'repeated-header')).toMatchObject({ line: again, count: 1 });
    const last = lines.length - 3;
    expect(await file.source.linesOf([last])).toEqual([lines.length]);
  });

  aCase('row names and index columns', async () => {
    const named = await read(caseFile('rnames.csv'));
    expect(named.names).toEqual(['row_names', 'mpg', 'cyl']);
    expect(named.rows[0]).toEqual({ row_names: 'Mazda', mpg: 21, cyl: 6 });
    expect(named.source.columns[0]!.isIndex).toBe(true);
    const indexed = await read(caseFile('pandas_index.csv'));
    expect(indexed.source.columns.map(({ isIndex }) => isIndex === true)).toEqual([true, false, false]);
    expect(found(indexed, 'index-column')).toMatchObject({ column: 'column_1' });
  });

  aCase('UTF-8 with a wrong byte', async () => {
    const file = await read(caseFile('onebad.csv'));
    const words = new Set(file.rows.map(({ city }) => city));
    expect([...words].every((word) => ['Zürich', 'Genève', 'Köln', 'café'].includes(String(word)))).toBe(
      true,
    );
    expect(found(file, 'encoding-repaired')).toMatchObject({ count: 1 });
  });

  aCase('NaN in NDJSON on any line', async () => {
    const { rows } = await read(caseFile('nan.ndjson'));
    expect(rows).toEqual([
      { a: null, b: 1 },
      { a: 2.5, b: null },
    ]);
  });

  aCase('JSON by columns, as pandas writes it', async () => {
    const file = await read(caseFile('columns.json'));
    expect([file.rows.length, file.names]).toEqual([50, ['age', 'y']]);
    expect(file.rows[0]).toMatchObject({ age: 20 });
    expect(found(file, 'json-shape')?.severity).toBe('warning');
  });

  aCase('digits of whole numbers in JSON', async () => {
    const { rows, source } = await read(caseFile('bigint.ndjson'));
    expect(source.columns.map(({ kind }) => kind)).toEqual(['number-text', 'number-text', 'integer']);
    expect(rows.map(({ a }) => a)).toEqual(['12345678901234567890123', '12345678901234567890124']);
  });

  aCase('text in JSON is not turned into dates by the engine', async () => {
    const { rows } = await read(caseFile('datecode.ndjson'));
    expect(rows[0]).toMatchObject({ t: '08:30:00', v: 0 });
  });

  aCase('identifiers in Parquet are whole numbers', async () => {
    const { source } = await read(caseFile('types.parquet'));
    const kinds = new Map(source.columns.map(({ name, kind }) => [name, kind]));
    expect([kinds.get('snow_id'), kinds.get('oracle_id18'), kinds.get('price')]).toEqual([
      'integer',
      'integer',
      'number',
    ]);
  });
});

const THREE = 'city,sales,open\nOslo,10,true\nBern,20,false\n';
const THREE_ROWS = [
  { city: 'Oslo', sales: 10, open: true },
  { city: 'Bern', sales: 20, open: false },
];

describe('lines that are no part of the table', () => {
  test.each([
    ['a title', `Sales of May\n${THREE}`],
    ['titles and a blank line', `Sales of May\nMade 2024-05-01, by finance\n\n${THREE}`],
    [
      'a title with as many fields',
      `Sales, of, May\n\n${THREE}`.replace('Sales, of, May', 'Sales of May, Oslo'),
    ],
    ['a title filled up with empty fields', `Sales of May,,\n,,\n${THREE}`],
    ['a line that names the delimiter', `sep=,\n${THREE}`],
    ['a quoted line that names the delimiter', `"sep=;"\n${THREE.replaceAll(',', ';')}`],
    ['comments', `# made by X\n# unit: kg, net\n${THREE}`],
    ['comments between the rows', `# made by X\n${THREE.replace('Bern', '# Bern moved\nBern')}`],
    ['a header in the last comment', THREE.replace('city', '## by X\n#city')],
    ['the header again', `${THREE.replace('Bern', 'city,sales,open\nBern')}`],
    [
      'the header again with a byte-order mark',
      `\ufeff${THREE.replace('Bern', '\ufeffcity,sales,open\nBern')}`,
    ],
    ['the header at the end', `${THREE}city,sales,open`],
    ['a note below a blank line', `${THREE}\nMade by finance\n`],
    ['a total below', `${THREE}Total,30\n`],
    ['a count below', `${THREE}(2 rows affected)\n`],
    ['delimiters at the ends of all lines', THREE.replaceAll('\n', ',\n')],
    ['delimiters at the ends of the rows', THREE.replaceAll('\n', ',\n').replace('open,', 'open')],
    ['spaces on blank lines', THREE.replace('Bern', '  \nBern')],
  ])('%s', async (_, content) => {
    expect((await read(content)).rows).toEqual(THREE_ROWS);
  });

  test.each([
    ['a header that is longer', 'a,b,c\n1,2\n3,4\n', 'file.ragged'],
    ['a last line that is cut off', 'a,b,c\n1,2,3\n4,5\n', 'file.ragged'],
    ['a line with fewer fields between rows', `${THREE}Total,30\n${THREE}`, 'file.ragged'],
    ['a first line of one field over numbers', 'a\n7,2,3\n4,5,6\n', 'file.form-unclear'],
    ['a value behind the last name', 'a,b,\n1,2,\n3,4,\n5,6,7\n', null],
  ])('%s is refused or kept, never cut', async (_, content, code) => {
    if (code === null) {
      const file = await read(content);
      expect(file.names).toEqual(['a', 'b', 'column_3']);
      return;
    }
    expect((await refusal(content)).code).toBe(code);
  });

  test('what was left out is told with its lines', async () => {
    const file = await read(
      `One\nTwo\n${THREE}city,sales,open\nRiga,30,true\ncity,sales,open\n\nNote: net\n`,
    );
    expect(found(file, 'skipped-lines')).toMatchObject({ line: 1, count: 2, value: 'One / Two' });
    expect(found(file, 'repeated-header')).toMatchObject({ line: 6, count: 2 });
    expect(file.source.findings.filter(({ code }) => code === 'skipped-lines')[1]).toMatchObject({
      line: 10,
    });
    expect(file.rows).toHaveLength(3);
  });
});

describe('what the user says is done, and an error names the option where it does not fit', () => {
  test.each<[string, string | Uint8Array, ReadOptions]>([
    ['--skip-rows', `x,y\nz\n${THREE}`, { skipRows: 2 }],
    ['--header LINE', `x,y\nz\n${THREE}`, { header: 3 }],
    ['both', `x,y\nz\n${THREE}`, { skipRows: 1, header: 3 }],
    [
      '--delimiter and --quote',
      `city:sales:open\n'Oslo':10:true\nBern:20:false\n`,
      { delimiter: ':', quote: "'" },
    ],
    ['--comment between rows', THREE.replace('Bern', '%x\nBern'), { comment: '%' }],
    ['--encoding', Buffer.from(THREE, 'utf16le'), { encoding: 'utf-16le' }],
    [
      'all',
      Buffer.from(`x\n%y\n${THREE.replaceAll(',', '~')}`, 'latin1'),
      { skipRows: 1, comment: '%', delimiter: '~', header: true, quote: '', encoding: 'windows-1252' },
    ],
  ])('%s', async (_, content, options) => {
    expect((await read(content, options)).rows).toEqual(THREE_ROWS);
  });

  test('quotes are text where there are none, and a header may be data', async () => {
    expect((await read('a,b\n"x,1\n', { quote: '' })).rows).toEqual([{ a: '"x', b: 1 }]);
    expect((await read('a,b\nx,1\n', { header: false })).rows[0]).toEqual({ column_1: 'a', column_2: 'b' });
    expect((await read('1,2\n3,4\n', { header: true })).rows).toEqual([{ 1: 3, 2: 4 }]);
  });

  test.each<[string, string | Uint8Array, ReadOptions]>([
    ["--delimiter ';'", THREE, { delimiter: ';' }],
    ['--header 900', THREE, { header: 900 }],
    ['--skip-rows 900', THREE, { skipRows: 900 }],
    ['--header 1', THREE, { header: 1, skipRows: 2 }],
    ['--encoding utf-8', Buffer.from('a,b\nx,1\n\xe9,2\n', 'latin1'), { encoding: 'utf-8' }],
    ['--encoding windows-1252', Buffer.from('\ufeffa,b\nx,1\n', 'utf16le'), { encoding: 'windows-1252' }],
    ["--quote '", "a,b\n'x'y,1\n", { quote: "'" }],
    ['--delimiter', '[{"a":1}]', { delimiter: ',' }],
  ])('%s', async (option, content, options) => {
    const failure = await refusal(content, options);
    expect([failure.code, failure.details.option]).toEqual(['file.option-unfit', option]);
  });
});

describe('headers', () => {
  test.each<[string, string, string[], number]>([
    ['numbers in order', '0,1,2\n5,6,7\n8,9,1\n', ['0', '1', '2'], 2],
    ['two numbers in order over fractions', '0,1\n0.5,1.5\n2.5,3.5\n', ['0', '1'], 2],
    ['two numbers in order over whole numbers', '0,1\n2,3\n4,5\n', ['column_1', 'column_2'], 3],
    ['numbers', '3,1,2\n5,6,7\n8,9,1\n', ['column_1', 'column_2', 'column_3'], 3],
    ['an index and numbers', ',0,1,2\n0,5,6,7\n1,8,9,1\n', ['column_1', '0', '1', '2'], 2],
    [
      'dates and words, all as below',
      '2024-01-01,a,x\n2024-01-02,b,x\n2024-01-03,a,y\n',
      ['column_1', 'column_2', 'column_3'],
      3,
    ],
    ['words that recur', 'yes,red\nno,blue\nyes,red\nno,red\n', ['column_1', 'column_2'], 4],
    [
      'line breaks and spaces in names',
      '"net\nsales"," b ","c\t"\n1,2,x\n3,4,y\n',
      ['net sales', 'b', 'c'],
      2,
    ],
    ['letters of two characters', 'Gro\u0308ße,n\n1,x\n', ['Größe', 'n'], 1],
  ])('%s', async (_, content, names, rows) => {
    const file = await read(content);
    expect([file.names, file.rows.length]).toEqual([names, rows]);
  });

  test('an index column needs ascending numbers without a name', async () => {
    const isIndex = async (content: string) => (await read(content)).source.columns[0]!.isIndex === true;
    expect(await isIndex(',x\n0,a\n1,b\n4,c\n')).toBe(true);
    expect(await isIndex('Unnamed: 0,x\n0,a\n1,b\n')).toBe(true);
    expect(await isIndex('"","x"\n"1","a"\n"2","b"\n')).toBe(true);
    expect(await isIndex(',x\n3,a\n1,b\n')).toBe(false);
    expect(await isIndex('id,x\n0,a\n1,b\n')).toBe(false);
  });
});

describe('delimiters and quotes', () => {
  test.each<[string, string]>([
    ['carets', THREE.replaceAll(',', '^')],
    ['tildes', THREE.replaceAll(',', '~')],
    ['colons', THREE.replaceAll(',', ':')],
    ['aligned by spaces', 'city  sales   open\nOslo     10   true\nBern     20  false\n'],
    ['single quotes', "'city','sales','open'\n'Oslo',10,true\n'Bern',20,false\n"],
  ])('%s', async (_, content) => {
    expect((await read(content)).rows).toEqual(THREE_ROWS);
  });

  test('single quotes that hold delimiters', async () => {
    const { rows } = await read("a,b\n'x,1',2\n'it''s',3\n");
    expect(rows).toEqual([
      { a: 'x,1', b: 2 },
      { a: "it's", b: 3 },
    ]);
  });

  test.each([
    ['prose', 'review\nGood, cheap\nBad, slow\n', ['Good, cheap', 'Bad, slow']],
    ['times', 'time\n10:30\n11:45\n', ['10:30', '11:45']],
    ['names', 'name\nAnn Smith\nBob Jones\n', ['Ann Smith', 'Bob Jones']],
  ])('one column of %s stays one column', async (_, content, values) => {
    const { rows, names } = await read(content);
    expect(rows.map((row) => row[names[0]!])).toEqual(values);
  });
});

test('lines of rows are those of the file as the user has it', async () => {
  const lines = async (content: string | Uint8Array, rows: number[]) =>
    (await read(content)).source.linesOf(rows);
  expect(await lines(THREE, [0, 1])).toEqual([2, 3]);
  expect(await lines('t\n\n# c\na,b\n\n"x\ny",1\r\n\nz,2\na,b\nw,3', [2, 0, 1, 9])).toBeDefined();
  expect(await lines(`One\n\n${THREE}\n"a\nb",1,true\ncity,sales,open\nRiga,2,true`, [2, 3, 0])).toEqual([
    7, 10, 4,
  ]);
  expect(await lines('{"a":1}\n\n{"a":2}\n', [0, 1, 2])).toEqual([1, 3, null]);
  expect(await lines('[{"a":1},{"a":2}]', [1])).toEqual([null]);
});
