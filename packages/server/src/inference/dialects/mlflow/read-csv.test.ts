import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from './read-csv.ts';

const field = fc.string({ minLength: 1, unit: fc.constantFrom('a', '1', '"', ',', '\n', '\r', ' ', 'ä') });

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('CSV', () => {
  it('comes back as it was written, whatever stands in quotes', () => {
    const tables = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 2 }));
    fc.assert(
      fc.property(tables, fc.constantFrom('\n', '\r\n'), ([columns, ...rows], end) => {
        const text = [columns!, ...rows].map((row) => row.map(quoted).join(',')).join(end);
        expect(readCsv(text, 1000)).toEqual({ columns, rows });
      }),
    );
  });

  it('has null for an empty field, also the last of a line, and passes over empty lines', () => {
    expect(readCsv('\ufeffa,b\n1,\n\n,2\n', 10)).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['1', null],
        [null, '2'],
      ],
    });
    expect(readCsv('a,b\n1,', 10).rows).toEqual([['1', null]]);
  });

  it('may have fields as long as a request', () => {
    const long = '""'.repeat(10_000_000);
    expect(readCsv(`a\n"${long}"\n`, 10).rows).toEqual([['"'.repeat(10_000_000)]]);
    expect(() => readCsv(`a\n"${long}`, 10)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });

  it.each([';', '\t', '|'])('is parted by %j where the header of the dataset is so', (delimiter) => {
    const names = new Set(['a', 'b']);
    const text = `a${delimiter}b\n"1,5"${delimiter}2\n`;
    expect(readCsv(text, 10, { delimiter, names })).toEqual({ columns: ['a', 'b'], rows: [['1,5', '2']] });
    expect(readCsv('b,c\n1,2\n', 10, { delimiter, names }).columns).toEqual(['b', 'c']);
  });

  it.each([
    ['an open quote', 'a\n"b'],
    ['text after a quote', 'a\n"b"c'],
    ['a line of other width', 'a,b\n1'],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    expect(() => readCsv(text, 10)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
  });

  it('without rows, or with too many, is refused', () => {
    expect(() => readCsv('a\n', 10)).toThrow(expect.objectContaining({ code: 'predict.no-rows' }));
    expect(() => readCsv('a\n1\n2', 1)).toThrow(expect.objectContaining({ code: 'predict.too-many-rows' }));
  });
});
