import type { OffsetRun, TableSource, Trial } from '../../stages/ingest/index.ts';
import { readingSql, relation } from './reading-sql.ts';
import { literal } from './sql-text.ts';
import { BLANKS } from './time-sql.ts';

/** `Z`, `+01`, `+0100` or `+01:00` after a time of day. */
const OFFSET = '[0-9]:[0-9]{2}[0-9:.]* ?([Zz]|[-+][0-9]{2}:?(?:[0-9]{2})?)$';

/** The offsets at the end of the values of a column: text, first and last moment, by month and offset. */
export function offsetQuery(source: TableSource, { from, reading }: Trial, limit: number): string {
  const { inner } = readingSql(source, from, reading, 0);
  const text = `regexp_extract(trim(x0, ${BLANKS}), ${literal(OFFSET)}, 1)`;
  return `SELECT written, min(epoch_ms(n0)) AS first, max(epoch_ms(n0)) FROM (
      SELECT n0, ${text} AS written FROM (SELECT ${inner.join(', ')} FROM ${relation(source)})
    ) WHERE n0 IS NOT NULL AND written <> ''
    GROUP BY written, date_trunc('month', n0) ORDER BY first LIMIT ${Math.trunc(limit)}`;
}

export function offsetRuns(rows: readonly (readonly unknown[])[]): OffsetRun[] {
  return rows.map(([written, first, last]) => ({
    minutes: minutesOf(String(written)),
    from: Number(first),
    to: Number(last),
  }));
}

function minutesOf(written: string): number {
  if (/^z$/i.test(written)) return 0;
  const digits = written.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return written[0] === '-' && minutes > 0 ? -minutes : minutes;
}
