import { ownValue, type PredictResponse } from '@slipway/contract';
import { exactJson } from '../../kernel/index.ts';
import type { Column, Table } from '../../stages/ingest/index.ts';
import { cellValue } from './cells.ts';

/** The lines of some rows with the predictions of an answer beside them; the first rows of a file come with the heading. */
type Writer = (rows: Table, response: PredictResponse, withHeading: boolean) => Uint8Array;

/** Writes rows with their predictions beside them, as CSV or as one JSON object a line. */
export function fileWriter(format: 'csv' | 'ndjson', toValue: CellReader = cellValue): Writer {
  return format === 'csv'
    ? (table, response, withHeading) => writeCsv(table, response, { withHeading, toValue })
    : (table, response) => writeNdjson(table, response, toValue);
}

/** What a cell of the rows is. */
type CellReader = (column: Column, row: number) => CellValue;
type CellValue = string | number | bigint | boolean | null;

function writeCsv(
  table: Table,
  response: PredictResponse,
  { withHeading, toValue }: { withHeading: boolean; toValue: CellReader },
): Uint8Array {
  const { predictions } = response;
  const classes = Object.keys(predictions[0]?.probabilities ?? {});
  const isForecast = predictions[0]?.intervals !== undefined;
  const more = [...boundsOf(response), ...reasonsOf(response, table)];
  const added = [
    'prediction_id',
    'prediction',
    ...classes.map((name) => `probability_${name}`),
    ...(isForecast ? [] : ['warnings']),
    ...more.map(({ name }) => name),
  ];
  const heading = withHeading ? line([...table.columns.map(({ name }) => name), ...added]) : '';
  const lines = predictions.map((prediction, index) =>
    line([
      ...table.columns.map((column) => toValue(column, index)),
      prediction.id,
      prediction.value,
      ...classes.map((name) => ownValue(prediction.probabilities, name) ?? null),
      ...(isForecast ? [] : [warningsText(prediction)]),
      ...more.map(({ of }) => of(prediction)),
    ]),
  );
  return encode(heading + lines.join(''));
}

type Answered = PredictResponse['predictions'][number];

/** Values that training never saw, as `code: column`; empty where there are none. */
function warningsText({ warnings = [] }: Answered): string | null {
  return warnings.length === 0 ? null : warnings.map(({ code, column }) => `${code}: ${column}`).join('; ');
}

/** A number beside a prediction, and its heading. */
type Added = { name: string; of: (prediction: Answered) => number | null };

/** Of forecasts: the bounds of every level, `lower_80`, `upper_80`, … */
function boundsOf({ predictions }: PredictResponse): Added[] {
  return (predictions[0]?.intervals ?? []).flatMap(({ level }, i) =>
    (['lower', 'upper'] as const).map((side) => ({
      name: `${side}_${Math.round(level * 100)}`,
      of: ({ intervals }: Answered) => intervals?.[i]?.[side] ?? null,
    })),
  );
}

/** Of explained rows: what was expected, and what each column added, in the order of the file. */
function reasonsOf({ predictions }: PredictResponse, table: Table): Added[] {
  const explained = predictions[0]?.explanation?.columns.map(({ column }) => column);
  if (explained === undefined) return [];
  const names = new Set(table.columns.map(({ name }) => name).filter((name) => explained.includes(name)));
  for (const name of explained.toSorted()) names.add(name);
  const added = [...names].map((name): Added => {
    const of = ({ explanation }: Answered) =>
      explanation?.columns.find(({ column }) => column === name)?.contribution ?? null;
    return { name: `contribution_${name}`, of };
  });
  return [{ name: 'expected', of: ({ explanation }) => explanation?.expected ?? null }, ...added];
}

function writeNdjson(table: Table, { predictions }: PredictResponse, toValue: CellReader): Uint8Array {
  const lines = predictions.map((prediction, index) => {
    const row = Object.fromEntries(table.columns.map((column) => [column.name, toValue(column, index)]));
    return `${exactJson({ row, prediction })}\n`;
  });
  return encode(lines.join(''));
}

function line(cells: readonly CellValue[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** RFC 4180; text that a spreadsheet would take for a formula is made inert by a leading apostrophe. */
function cell(value: CellValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const inert = /^[=+\-@\t\r]/.test(value) && !/^[+-]?[\d.]+$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
