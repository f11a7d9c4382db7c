import type { IngestFinding, ReadOptions } from '@slipway/contract';
import { type Decoding, textDecoder } from '../delimited/decode.ts';
import { type RecordPlace, RecordReader } from '../delimited/record-reader.ts';
import { plainNumber } from '../readings/number-text.ts';
import type { DelimitedTable } from './delimited-table.ts';

const LABEL =
  /^[\s*(=-]*(?:(?:grand |sub)?totals?|sum|summe|gesamt|gesamtsumme|insgesamt|totale?|somme|suma|итого|всего|合計|合计|總計)[\s:*)=-]*$/iu;
/** From this share of filled rows on, an empty cell says that the last row is of another kind. */
const FILLED_SHARE = 0.95;
const LEAST_ROWS = 3;
const MOST_ROWS = 4_000;
/** Sums as people print them are rounded. */
const TOLERANCE = 0.005;
const MARKS = [
  { decimal: '.', thousands: ',' },
  { decimal: ',', thousands: '.' },
] as const;

type Input = { text: string; complete: boolean; tail: Uint8Array; decoding: Decoding };
type LastRow = { fields: string[] };

/**
 * The table without rows at its end that are none: as many as the user says, else a row of totals as wide as the table, where
 * it is certain. It is where its first cell is a word for a total that no other row has there, and either another column that
 * is filled elsewhere is empty in it, or, of a file that is known whole, a number in it is the sum of its column. A row that
 * only begins with such a word stays, with a warning.
 */
export function withFooter(
  table: DelimitedTable,
  input: Input,
  { skipFooter }: Pick<ReadOptions, 'skipFooter'>,
): DelimitedTable {
  if (skipFooter !== undefined) return { ...table, footer: skipFooter };
  const last = table.header === null || table.isBroken ? null : lastRow(table, input);
  if (last === null || !isLabelled(last, table)) return table;
  const isCertain = hasGap(last, table) || (hasAllRows(table, input) && isSum(last, table));
  const finding = totalFinding(last, table, isCertain);
  return { ...table, footer: isCertain ? 1 : 0, findings: [...table.findings, finding] };
}

/** The last row, where it is as wide as the table. */
function lastRow(table: DelimitedTable, input: Input): LastRow | null {
  const { tail, decoding } = input;
  const fields = hasAllRows(table, input) ? table.rows.at(-1) : lastRecord(tail, decoding, table);
  return fields?.length === table.columns ? { fields } : null;
}

/** Of more records than these only the first are looked at. */
function hasAllRows({ rows }: DelimitedTable, { complete }: Input): boolean {
  return complete && rows.length < MOST_ROWS;
}

/** The last record of the last bytes; none where a quote may reach over the start of its line. */
function lastRecord(
  tail: Uint8Array,
  decoding: Decoding,
  { dialect, comment }: DelimitedTable,
): string[] | undefined {
  if (decoding.encoding.startsWith('utf-16')) return undefined;
  const line =
    textDecoder(decoding)
      .decode(tail)
      .trimEnd()
      .split(/\r\n|\n|\r/)
      .at(-1) ?? '';
  let found: string[] | undefined;
  const onRecord = (fields: string[], _: RecordPlace) => {
    found = fields;
  };
  const options = { file: '', maxRecordCharacters: line.length + 1, comment };
  try {
    const reader = new RecordReader(dialect, onRecord, options);
    reader.push(line);
    reader.end();
  } catch {
    return undefined;
  }
  return found;
}

function isLabelled({ fields }: LastRow, { rows }: DelimitedTable): boolean {
  const place = labelPlace(fields);
  if (place < 0 || !LABEL.test(fields[place]!)) return false;
  const others = rows.at(-1)?.[place] === fields[place] ? rows.slice(0, -1) : rows;
  return fields.length > 1 && !others.some((row) => LABEL.test(row[place] ?? ''));
}

function labelPlace(fields: readonly string[]): number {
  return fields.findIndex((cell) => cell.trim() !== '');
}

/** Rows above the last one, as far as they are known. */
function rowsAbove({ fields }: LastRow, { rows }: DelimitedTable): readonly string[][] {
  return rows.at(-1)?.every((cell, i) => cell === fields[i]) ? rows.slice(0, -1) : rows;
}

function hasGap(last: LastRow, table: DelimitedTable): boolean {
  const above = rowsAbove(last, table);
  if (above.length < LEAST_ROWS || !last.fields.some((cell) => numberOf(cell) !== null)) return false;
  return last.fields.some((cell, i) => {
    if (cell.trim() !== '') return false;
    const filled = above.filter((row) => (row[i] ?? '').trim() !== '').length;
    return filled >= FILLED_SHARE * above.length;
  });
}

function isSum(last: LastRow, table: DelimitedTable): boolean {
  const above = rowsAbove(last, table);
  if (above.length < LEAST_ROWS) return false;
  return last.fields.some((cell, i) =>
    MARKS.some((marks) => {
      const total = numberOf(cell, marks);
      const values = above.map((row) => numberOf(row[i] ?? '', marks) ?? Number.NaN);
      const sum = values.reduce((one, other) => one + other, 0);
      return (
        total !== null &&
        total !== 0 &&
        Math.abs(sum - total) <= TOLERANCE * above.length + 1e-9 * Math.abs(sum)
      );
    }),
  );
}

function numberOf(cell: string, marks: (typeof MARKS)[number] = MARKS[0]): number | null {
  const text = cell.trim();
  if (text === '') return null;
  const plain = plainNumber(text, { ...marks, thousands: '' }) ?? plainNumber(text, marks);
  return plain === null ? null : Number(plain);
}

function totalFinding({ fields }: LastRow, { dialect }: DelimitedTable, isCertain: boolean): IngestFinding {
  const value = fields.join(dialect.delimiter).trim().slice(0, 200);
  return {
    code: 'total-row',
    severity: 'warning',
    message: isCertain
      ? `The last row holds totals and is left out: ${value}.`
      : `The last row may hold totals, and is read as a row: ${value}.`,
    count: 1,
    value,
    override: isCertain ? '--skip-footer 0' : '--skip-footer 1',
  };
}
