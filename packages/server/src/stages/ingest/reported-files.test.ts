import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingOf as found, readForm } from '../../testing/read-form.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const read = (content: Uint8Array) => readForm(lake, content);

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
