import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingOf, type ReadForm, readForm } from '../../testing/read-form.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { appendFile, previewRows } from './index.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const read = (content: string, options = {}) => readForm(lake, content, options);
const typesOf = ({ source, rows }: ReadForm) =>
  source.columns.map(({ name }) => typeof (rows.at(-1)![name] ?? undefined));

describe('a row of units below the header', () => {
  test.each([
    ['in brackets', 'name,w,h\n,(kg),(cm)\na,1,2\nb,3,4\n'],
    ['as words', 'name,w,h\n,kg,cm\na,1,2\nb,3,4\n'],
    ['over some columns', 'name;w;h\n;°C;\na;1,5;2\nb;3,5;4\n'],
    ['over dates and one row', 'day,w,h\nyyyy-mm-dd,EUR,%\n2024-01-02,1,2\n'],
  ])('%s is left out and reported', async (_, content) => {
    const file = await read(content);
    expect(findingOf(file, 'units-row')).toMatchObject({
      line: 2,
      severity: 'warning',
      override: '--header yes',
    });
    expect(typesOf(file).slice(1)).toEqual(['number', 'number']);
    expect(await file.source.linesOf([0])).toEqual([3]);
  });

  test('is kept where the header is asked for', async () => {
    const file = await read('name,w,h\n,(kg),(cm)\na,1,2\nb,3,4\n', { header: true });
    expect(file.rows).toHaveLength(3);
  });

  test.each([
    ['units among texts', 'name,unit\nheat,kg\ncold,cm\n'],
    ['a number beside', 'name,w,h\na,kg,2\nb,1,3\nc,2,4\n'],
    ['missing-value words', 'name,w,h\na,-,?\nb,1,2\nc,3,4\n'],
  ])('is none where there are %s', async (_, content) => {
    const file = await read(content);
    expect(findingOf(file, 'units-row')).toBeUndefined();
    expect(file.rows).toHaveLength(content.trim().split('\n').length - 1);
  });

  test('is left out of a later file too', async () => {
    const { manifest } = await lake.ingest('first', 'name,w\n,kg\na,1\nb,2\n');
    const path = await lake.file('later', 'w,name\nkg,\n3,c\n');
    const later = await appendFile(manifest, { file: path, fileName: 'later', dataset: 'd' }, lake.ports);
    expect(await previewRows(later.manifest, { offset: 2, limit: 9 }, lake.ports)).toEqual([
      { name: 'c', w: 3 },
    ]);
  });
});

test('a second header is read as a row, with a warning that names the option for it', async () => {
  const content = 'x,x,y\nfirst,second,third\n1,2,3\n4,5,6\n';
  expect(findingOf(await read(content), 'second-header')).toMatchObject({ line: 2, override: '--header 2' });
  const asked = await read(content, { header: 2 });
  expect([asked.names, asked.rows.length]).toEqual([['first', 'second', 'third'], 2]);
});

describe('a row of totals as wide as the table', () => {
  const rows = 'region,manager,sales\nA,x,1\nB,y,2\nC,z,4\n';
  test.each([
    ['with empty cells elsewhere', `${rows}Total,,99\n`],
    ['whose number is the sum', `${rows}Summe,w,7\n`],
    ['with decimal commas', 'Ort;Umsatz\nA;1,5\nB;2,5\nC;1.000\nGesamt:;1.004,00\n'],
  ])('%s is left out and reported', async (_, content) => {
    const file = await read(content);
    expect(file.rows).toHaveLength(3);
    expect(findingOf(file, 'total-row')).toMatchObject({ severity: 'warning', override: '--skip-footer 0' });
    const kept = await read(content, { skipFooter: 0 });
    expect([kept.rows.length, findingOf(kept, 'total-row')]).toEqual([4, undefined]);
  });

  test('that may be none stays, with a warning', async () => {
    const file = await read(`${rows}Total,w,99\n`);
    expect(file.rows).toHaveLength(4);
    expect(findingOf(file, 'total-row')).toMatchObject({ override: '--skip-footer 1' });
    expect((await read(`${rows}Total,w,99\n`, { skipFooter: 1 })).rows).toHaveLength(3);
  });

  test.each([
    ['the word is a value of the column', 'kind,a,b\nTotal,1,2\nPart,1,3\nTotal,2,4\nTotal,,3\n'],
    ['the word is not alone', `${rows}Total Energies,,7\n`],
  ])('is none where %s', async (_, content) => {
    const file = await read(content);
    expect(findingOf(file, 'total-row')).toBeUndefined();
    expect(file.rows).toHaveLength(4);
  });

  test('is found at the end of a file that is longer than what is looked at', async () => {
    const many = Array.from({ length: 6_000 }, (_, i) => `r${i},m${i},${i}`).join('\n');
    const file = await read(`region,manager,sales\n${many}\nTotal,,17997000\n`);
    expect(file.rows).toHaveLength(6_000);
    expect(findingOf(file, 'total-row')).toBeDefined();
  });
});

test('as many last rows are left out as are asked for, whatever they hold', async () => {
  const file = await read('a,b\n1,x\n2,y\nnot a row\nneither, is, this\n', { skipFooter: 2 });
  expect(file.rows).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ]);
});
