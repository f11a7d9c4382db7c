import type { Recency } from '@slipway/contract';
import { expect, it } from 'vitest';
import type { TableSchema } from '../../stages/ingest/index.ts';
import { tableOf } from '../../testing/tables.ts';
import { recentRows } from './recency.ts';

const ROWS = 100;
const DAY_MS = 86_400_000;

/** The newest row is in the middle of the table; the first one has no time. */
const dayOf = (row: number) => (row < 50 ? 50 + row : row - 50);
const rows = Array.from({ length: ROWS }, (_, row) => row);
const table = tableOf({
  at: rows.map((row) => (row === 0 ? null : new Date(dayOf(row) * DAY_MS))),
  year: rows.map((row) => 2000 + row),
  y: rows.map((row) => (row === 49 ? 'rare' : row % 2 === 0 ? 'a' : 'b')),
});

const column = (name: string, type: 'number' | 'timestamp' | 'string') =>
  ({ name, type, role: 'numeric', nullable: false }) as TableSchema['columns'][number];
const schema: TableSchema = {
  columns: [column('at', 'timestamp'), column('year', 'number'), column('y', 'string')],
};

function of(
  recency: Recency,
  timeColumn: string | null = null,
  over: Partial<{ schema: TableSchema; byClass: boolean }> = {},
) {
  return recentRows(table, over.schema ?? schema, Int32Array.from(rows), {
    ...{ recency, timeColumn, target: 'y', byClass: over.byClass ?? false, dataset: 'd' },
  });
}

it('a window of days goes by the only timestamp column, names it, and leaves out rows without a time', () => {
  const found = of({ days: 24.5 });
  expect([...found.rows]).toEqual(rows.filter((row) => row > 0 && dayOf(row) >= 75));
  expect(found.says).toBe(
    'Recency: the last 24.5 days, by at (from 1970-03-17T00:00:00.000Z on): 25 of 100 training rows. The hold-out is unchanged.',
  );
});

it('a window of rows goes by the order of appending, or by the time column where there is one', () => {
  expect([...of({ rows: 30 }).rows]).toEqual(rows.slice(70));
  expect(of({ rows: 30 }).says).toContain('by the order in which they were appended');
  expect([...of({ rows: 30 }, 'at').rows]).toEqual(rows.filter((row) => row > 0 && dayOf(row) >= 70));
  expect([...of({ rows: 30, by: 'year' }, 'at').rows]).toEqual(rows.slice(70));
});

it('a half-life keeps every row and halves its weight by age', () => {
  const byRows = of({ halfLifeRows: 10 });
  expect(byRows.rows).toHaveLength(ROWS);
  expect([99, 89, 79].map((row) => byRows.weightOf!(row))).toEqual([1, 0.5, 0.25]);
  const byDays = of({ halfLifeDays: 7 });
  expect([49, 42, 35].map((row) => byDays.weightOf!(row))).toEqual([1, 0.5, 0.25]);
  expect(byDays.weightOf!(0)).toBe(byDays.weightOf!(50));
  expect(byDays.says).toBe(
    'Recency: all 100 training rows, by at, each weighted with a half-life of 7 days.',
  );
});

it('what cannot be decided is refused with the reason', () => {
  const refusal = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as { details: { reason: string } }).details.reason;
    }
    return undefined;
  };
  const two = { columns: [...schema.columns, column('paid', 'timestamp')] };
  expect(refusal(() => of({ days: 9 }, null, { schema: two }))).toMatch(/it has several: at, paid$/);
  expect(refusal(() => of({ days: 9 }, null, { schema: { columns: schema.columns.slice(1) } }))).toMatch(
    /it has none$/,
  );
  expect(refusal(() => of({ days: 9, by: 'year' }))).toBe('the column year holds values of type number');
  expect(refusal(() => of({ rows: 30, by: 'when' }))).toBe('there is no column when');
  expect(refusal(() => of({ days: 5 }))).toBe('the window leaves 6 training rows, and 20 are needed');
  expect(refusal(() => of({ rows: 30 }, null, { byClass: true }))).toBe(
    'the window has no row whose y is rare',
  );
});
