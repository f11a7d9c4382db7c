import type { ColumnReading, DateOrder, IngestFinding, IngestReport, NumberUnit } from './ingest-nouns.ts';

/** Findings of a report that a reader should check. */
export function warningsOf({ findings }: Pick<IngestReport, 'findings'>): IngestFinding[] {
  return findings.filter(({ severity }) => severity === 'warning');
}

/** A finding with the option that decides otherwise. */
export function findingInWords({ message, override }: IngestFinding): string {
  return override === undefined ? message : `${message} Override: ${asTyped(override)}`;
}

/** Names of columns may hold what a shell reads otherwise. */
function asTyped(override: string): string {
  const [, given] = /^--types (.*[^\w:,.-].*)$/s.exec(override) ?? [];
  return given === undefined ? override : `--types '${given.replaceAll("'", "'\\''")}'`;
}

const ORDERS: Record<DateOrder, string> = { dmy: 'day first', mdy: 'month first', ymd: 'year first' };
const MARKS: Record<string, string> = { '.': 'point', ',': 'comma', ' ': 'space', "'": 'apostrophe' };

function unitInWords({ before, after }: NumberUnit): string {
  const unit = [before, after].filter((text) => text !== '').join(' ');
  return unit === '' ? 'negative in brackets' : `in ${unit}`;
}

/** How the text of a column is read, for people: `decimal comma, thousands point` or `day first, %d/%m/%Y, UTC`. */
export function readingInWords(reading: ColumnReading | undefined): string {
  if (reading === undefined) return '';
  if (reading.as === 'number') {
    const thousands = reading.thousands === '' ? [] : [`thousands ${MARKS[reading.thousands]}`];
    const unit = reading.unit === undefined ? [] : [unitInWords(reading.unit)];
    return [`decimal ${MARKS[reading.decimal]}`, ...thousands, ...unit].join(', ');
  }
  if (reading.as === 'timestamp') {
    const { order, formats, timeZone } = reading;
    return [...(order === null ? [] : [ORDERS[order]]), ...formats, timeZone].join(', ');
  }
  return reading.as === 'boolean' ? 'true or false' : 'as written';
}
