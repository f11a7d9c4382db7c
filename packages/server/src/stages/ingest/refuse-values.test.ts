import { describe, expect, it } from 'vitest';
import { refuseValues } from './refuse-values.ts';
import { INGEST_LIMITS } from './settings.ts';

const refuse = (rows: number, columns: number, bytes: number) => () =>
  refuseValues({ rows, columns }, { file: 'x.parquet', bytes, limits: INGEST_LIMITS });

describe('the values of a table', () => {
  it.each([
    [10_000_000, 10, 12_000_000],
    [100_000_000, 1, 200],
    [100_000_000, 50, 3_000_000_000],
    [0, 4000, 100_000],
  ])('of %d rows and %d columns in %d bytes are taken', (rows, columns, bytes) => {
    expect(refuse(rows, columns, bytes)).not.toThrow();
  });

  it('that a file of its size cannot be meant to hold are refused, with the setting', () => {
    expect(refuse(150_000_000, 1, 868)).toThrow(
      expect.objectContaining({
        code: 'file.too-many-values',
        details: expect.objectContaining({
          values: 150_000_000,
          limit: 100_000_000,
          setting: 'ingest.maxUnpackedRatio',
        }),
      }),
    );
  });

  it('that are more than are read are refused, with the setting', () => {
    expect(refuse(1_000_000_001, 10, 1e12)).toThrow(
      expect.objectContaining({
        code: 'file.too-many-values',
        details: expect.objectContaining({ limit: 10_000_000_000, setting: 'ingest.maxValues' }),
      }),
    );
  });

  it('of too many columns are refused as such', () => {
    expect(refuse(1, 4001, 1e6)).toThrow(expect.objectContaining({ code: 'file.too-many-columns' }));
  });
});
