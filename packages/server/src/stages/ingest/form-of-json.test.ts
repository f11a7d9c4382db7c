import { gzipSync } from 'node:zlib';
import { isFailure } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { INGEST_LIMITS, ingestFile, previewRows, type Row } from './index.ts';
import { openSource } from './open-source.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

async function rowsOf(content: string | Uint8Array): Promise<Row[]> {
  const { manifest } = await lake.ingest('file.json', content);
  return previewRows(manifest, { offset: 0, limit: 100 }, lake.ports);
}

async function kindsOf(content: string): Promise<Record<string, string>> {
  const file = await lake.file('kinds.json', content);
  const workspace = await lake.ports.tables.open({ reads: [file] });
  try {
    const { columns } = await openSource(workspace, { file, fileName: 'kinds.json' });
    return Object.fromEntries(columns.map(({ name, kind }) => [name, kind]));
  } finally {
    await workspace.close();
  }
}

async function refusal(content: string | Uint8Array, limits = INGEST_LIMITS) {
  const file = await lake.file('bad.json', content);
  const error = await ingestFile({ file, fileName: 'bad.json', limits }, lake.ports).catch(
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw error;
  return error;
}

const ROWS = [
  { age: 20, name: 'Ann' },
  { age: 31, name: 'Bob "B", Jr' },
  { age: null, name: 'Zoë\n' },
];
const columns = (labels: readonly string[]) => ({
  age: Object.fromEntries(ROWS.map(({ age }, i) => [labels[i], age])),
  name: Object.fromEntries(ROWS.map(({ name }, i) => [labels[i], name])),
});
const split = {
  columns: ['age', 'name'],
  index: [0, 1, 2],
  data: ROWS.map(({ age, name }) => [age, name]),
};

describe('forms that hold a table', () => {
  const forms: [string, unknown][] = [
    ['an array of objects', ROWS],
    ['an array in an object', { data: ROWS, meta: { rows: 3, tags: ['x'] } }],
    ['an array two objects down', { result: { rows: ROWS, page: 1 }, ok: true }],
    ['a table schema', { schema: { fields: [{ name: 'age' }, { name: 'name' }] }, data: ROWS }],
    ['columns', columns(['0', '1', '2'])],
    ['columns that are lists', { age: ROWS.map(({ age }) => age), name: ROWS.map(({ name }) => name) }],
    ['split', split],
    ['split, the rows first', { data: split.data, columns: split.columns }],
    ['arrays under a header', [split.columns, ...split.data]],
    ['rows by number', { 0: ROWS[0], 1: ROWS[1], 2: ROWS[2] }],
  ];
  test.each(forms)('%s', async (_, document) => {
    expect(await rowsOf(JSON.stringify(document))).toEqual(ROWS);
    expect(await rowsOf(`\ufeff${JSON.stringify(document, null, 2)}\n`)).toEqual(ROWS);
    expect(await rowsOf(gzipSync(JSON.stringify(document, null, '\t').replaceAll('\n', '\r\n')))).toEqual(
      ROWS,
    );
  });

  test.each([
    ['objects over several lines', ROWS.map((row) => JSON.stringify(row, null, 2)).join('\n')],
    ['objects with commas between', `${ROWS.map((row) => JSON.stringify(row)).join(',\n')},`],
    ['objects on one line', ROWS.map((row) => JSON.stringify(row)).join(' ')],
    [
      'commas before brackets',
      `[${ROWS.map((row) => JSON.stringify(row).replace('}', ', }')).join(',\n')},\n]`,
    ],
    ['arrays line by line', [split.columns, ...split.data].map((row) => JSON.stringify(row)).join('\n')],
  ])('%s', async (_, content) => {
    expect(await rowsOf(content)).toEqual(ROWS);
  });

  test('labels of rows that are no row numbers are kept', async () => {
    const labelled = (await rowsOf(JSON.stringify(columns(['a', 'b', 'c'])))).map(({ index }) => index);
    expect(labelled).toEqual(['a', 'b', 'c']);
    const numbered = (await rowsOf(JSON.stringify(columns(['7', '8', '9'])))).map(({ index }) => index);
    expect(numbered).toEqual([7, 8, 9]);
  });

  test('labels of rows that are members are kept as well', async () => {
    const rows = await rowsOf(JSON.stringify({ r1: ROWS[0], r2: ROWS[1] }));
    expect(rows).toEqual([
      { index: 'r1', ...ROWS[0] },
      { index: 'r2', ...ROWS[1] },
    ]);
  });

  test('one object of values is one row', async () => {
    expect(await rowsOf('{"a": 1,\n "b": {"c": "x"}, "d": [1, 2]}')).toEqual([
      { a: 1, 'b.c': 'x', d: '[1,2]' },
    ]);
  });
});

describe('values', () => {
  test('digits are kept as they are written, in every form', async () => {
    const id = '12345678901234567890123';
    const expected = [{ a: id }, { a: '7' }];
    expect(await rowsOf(`{"a":${id}}\n{"a":7}`)).toEqual(expected);
    expect(await rowsOf(`[{"a":${id}},{"a":7}]`)).toEqual(expected);
    expect(await rowsOf(`{"a":{"0":${id},"1":7}}`)).toEqual(expected);
    expect(await rowsOf(`{"columns":["a"],"data":[[${id}],[7]]}`)).toEqual(expected);
  });

  test('what is not finite is missing', async () => {
    const content =
      '{"a":1.5,"s":{"b":Infinity}}\n{"a":NaN,"s":{"b":2}}\n{"a":-Infinity,"s":{"b":-Infinity}}\n';
    expect(await rowsOf(content)).toEqual([
      { a: 1.5, 's.b': null },
      { a: null, 's.b': 2 },
      { a: null, 's.b': null },
    ]);
  });

  test('text is text, whatever it looks like; numbers are whole or as they are written', async () => {
    const kinds = await kindsOf(
      '{"d":"2020-01-01","t":"08:30:00","u":"6f1e3a52-0b0c-4f6e-9a6e-3f0a7c1d2e3f","i":1,"f":1,"b":true,"m":1,"l":["2020-01-01"],"n":null}\n{"i":2,"f":2.5,"m":"x"}',
    );
    expect(kinds).toEqual({
      d: 'text',
      t: 'text',
      u: 'text',
      i: 'integer',
      f: 'number-text',
      b: 'boolean',
      m: 'text',
      l: 'nested',
      n: 'text',
    });
  });

  test('arrays without a row of names have numbered columns', async () => {
    expect(await rowsOf('[[1,"x"],[null,"y"]]')).toEqual([
      { column_1: 1, column_2: 'x' },
      { column_1: null, column_2: 'y' },
    ]);
    expect(await rowsOf('[["a","b"],[1,"x"]]')).toEqual([{ a: 1, b: 'x' }]);
  });

  test('mixed values keep their text', async () => {
    expect(await rowsOf('{"a":1}\n{"a":"x"}\n{"a":{"k":1}}\n{"a":true}\n')).toEqual([
      { a: '1' },
      { a: 'x' },
      { a: '{"k":1}' },
      { a: 'true' },
    ]);
  });

  test('keys that differ only in case are columns of their own', async () => {
    expect(await rowsOf('{"a":1,"A":"x"}\n{"a":3,"A":"y"}\n')).toEqual([
      { a: 1, A_2: 'x' },
      { a: 3, A_2: 'y' },
    ]);
    expect(await rowsOf('{"a":1,"a_1":"x"}\n')).toEqual([{ a: 1, a_1: 'x' }]);
  });
});

test.each([
  ['an array of values', '[1,2,3]', /no objects/],
  ['several tables', '{"a":[{"x":1}],"b":[{"y":1}]}', /several arrays of objects \(a, b\)/],
  ['columns of unequal length', '{"a":[1,2],"b":[1,2,3]}', /not of a form/],
  ['rows among values', '{"data":[{"a":1},{"a":2}],"x":[1]', /never closed/],
  ['an array of objects and values', '[{"a":1},2]', /./],
  ['arrays of unequal length', '[["a","b"],[3]]', /fields/],
  ['an open object', '{"a":{"x":1', /never closed/],
])('%s is refused with the reason', async (_, content, reason) => {
  const failure = await refusal(content);
  expect(['file.unreadable', 'file.ragged']).toContain(failure.code);
  expect(failure.message).toMatch(reason);
});

test('columns are put side by side only up to a size', async () => {
  const content = JSON.stringify(columns(['0', '1', '2']));
  const failure = await refusal(content, { ...INGEST_LIMITS, maxTransposedBytes: 50 });
  expect(failure.message).toMatch(/up to 50 bytes/);
});
