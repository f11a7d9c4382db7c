import { isFailure, type ReadOptions } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingOf as found, readForm } from '../../testing/read-form.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { openSource } from './open-source.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const read = (content: string | Uint8Array, options: ReadOptions = {}) => readForm(lake, content, options);

async function refusal(content: string | Uint8Array, options: ReadOptions = {}) {
  const error = await read(content, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw error ?? new Error('it was accepted');
  return error;
}

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
    ['several delimiters at the ends of all lines', THREE.replaceAll('\n', ',,,\n')],
    ['titles above delimiters at the ends of lines', `Sales,\n\n${THREE.replaceAll('\n', ',\n')}`],
    ['a line of dashes below the header', THREE.replace('Oslo', '----,-----,----\nOslo')],
    ['a title with as many fields, set off by a blank line', `Sales, of, May\n\n${THREE}`],
    ['a line that names another delimiter', `sep=;\n${THREE}`],
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

describe('a header that stands again in other case or with spaces', () => {
  const again = (line: string) => `Id,Value,Group\n1,2,a\n3,4,b\n${line}\n5,6,a\n`;

  test.each([' id , value , group', 'ID,VALUE,GROUP', '"id","value","group"', '\ufeffId,Value,Group'])(
    '%j is left out and told',
    async (line) => {
      const file = await read(again(line));
      expect(file.rows).toEqual([
        { Id: 1, Value: 2, Group: 'a' },
        { Id: 3, Value: 4, Group: 'b' },
        { Id: 5, Value: 6, Group: 'a' },
      ]);
      expect(found(file, 'repeated-header')).toMatchObject({ line: 4, count: 1 });
    },
  );

  test('is found far below the first characters, where the engine would have read the file itself', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${i % 7},${i % 2 ? 'a' : 'b'}`);
    rows.splice(50_000, 0, 'ID, VALUE, GROUP');
    const file = await read(`Id,Value,Group\n${rows.join('\n')}\n`);
    expect(found(file, 'repeated-header')).toMatchObject({ line: 50_002, count: 1 });
  });

  test('is a row in a table of words', async () => {
    const file = await read('Left,Right\nno,yes\nleft,right\nyes,no\n');
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

  test('a line with names of the dataset is a header', async () => {
    const file = await lake.file('expected', '0,1\n5,6\n7,8\n');
    const workspace = await lake.ports.tables.open({ reads: [file] });
    try {
      const names = async (expected?: string[]) => {
        const expects = expected && { columns: expected.map((name) => ({ name, type: 'number' as const })) };
        const { columns } = await openSource(workspace, { file, fileName: 'expected', expects });
        return columns.map(({ name }) => name);
      };
      expect(await names()).toEqual(['column_1', 'column_2']);
      expect(await names(['0', '1', 'y'])).toEqual(['0', '1']);
    } finally {
      await workspace.close();
    }
  });

  test('an index column has ascending or different numbers without a name', async () => {
    const isIndex = async (content: string) => (await read(content)).source.columns[0]!.isIndex === true;
    expect(await isIndex(',x\n0,a\n1,b\n4,c\n')).toBe(true);
    expect(await isIndex('Unnamed: 0,x\n0,a\n1,b\n')).toBe(true);
    expect(await isIndex('"","x"\n"1","a"\n"2","b"\n')).toBe(true);
    expect(await isIndex(',x\n3,a\n1,b\n')).toBe(false);
    expect(await isIndex('id,x\n0,a\n1,b\n')).toBe(false);
    const shuffled = [7, 3, 12, 9, 1, 30, 4, 8, 2, 5];
    expect(await isIndex(`,x\n${shuffled.map((n) => `${n},a`).join('\n')}\n`)).toBe(true);
    expect(await isIndex(`,x\n${[...shuffled, 7].map((n) => `${n},a`).join('\n')}\n`)).toBe(false);
    expect(await isIndex('index,x\n0,a\n1,b\n2,a\n')).toBe(true);
    expect(await isIndex('index,x\n1,a\n3,b\n4,a\n')).toBe(false);
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

  test('what R and NumPy write with spaces', async () => {
    const named = await read('"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun" 22.8 4\n');
    expect(named.rows[0]).toEqual({ row_names: 'Mazda RX4', mpg: 21, cyl: 6 });
    const commented = await read('# x y\n1.0 2.0\n4.0 5.0\n');
    expect(commented.rows[1]).toEqual({ x: 4, y: 5 });
  });

  test('quotes that close nothing are text between tabs, and refused elsewhere', async () => {
    const file = await read('size\tn\n"5 inch\t1\n6" pipe\t2\n');
    expect(file.rows.map(({ size }) => size)).toEqual(['"5 inch', '6" pipe']);
    expect(found(file, 'quote')).toMatchObject({ severity: 'warning', override: '--quote' });
    const failure = await refusal('a,b\n"say "hi" now",1\n"plain",2\n');
    expect(failure.message).toMatch(/line 2 .*--quote/);
    expect((await read('a,b\n"say "hi" now",1\n', { quote: '' })).rows[0]!.a).toBe('"say "hi" now"');
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
