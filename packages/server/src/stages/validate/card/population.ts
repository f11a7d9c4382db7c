import { distinctDigits } from '../../../kernel/index.ts';
import { type Column, columnNamed, type Table } from '../../ingest/index.ts';
import { escapeMarkdown as text } from '../escape-markdown.ts';
import { count, percent } from './in-words.ts';
import { section, table } from './markdown.ts';

/** What the training rows have in one column. */
export type ColumnPopulation = {
  column: string;
  /** Ranges and shares, such as `29 to 77, half of them 48 to 61`. */
  values: string;
  /** Share of the rows in which it is missing. */
  missing: number;
  /** Of numbers and times: what lies outside was never seen. */
  range?: { low: string; high: string };
};

/** The rows a model was trained on, as a reader needs to know whether a new row is like them. */
export type Population = {
  rows: number;
  span?: { column: string; from: string; to: string };
  columns: ColumnPopulation[];
};

const MOST_CATEGORIES = 6;

/** @param names the inputs of the model, in the order in which they are told */
export function populationOf(training: Table, names: readonly string[], time?: string | null): Population {
  const columns = names.flatMap((name) => {
    const column = columnNamed(training, name);
    return column === undefined ? [] : [describe(column, training.rows)];
  });
  const ordered = time == null ? undefined : columnNamed(training, time);
  const span = ordered && describe(ordered, training.rows).range;
  return {
    rows: training.rows,
    ...(span && { span: { column: ordered.name, from: span.low, to: span.high } }),
    columns,
  };
}

function describe(column: Column, rows: number): ColumnPopulation {
  const { name } = column;
  if (column.type === 'string') return { column: name, ...categories(column, rows) };
  const present = column.values.filter((value) => !Number.isNaN(value)).sort();
  const missing = rows === 0 ? 0 : 1 - present.length / rows;
  if (present.length === 0) return { column: name, values: 'always missing', missing };
  if (column.type === 'boolean') {
    const yes = present.reduce((sum, value) => sum + value, 0) / present.length;
    return { column: name, values: `true ${percent(yes)}, false ${percent(1 - yes)}`, missing };
  }
  const distinct = [...new Set(present)];
  if (column.type === 'number' && distinct.length <= MOST_CATEGORIES)
    return { column: name, values: codes(present, distinct), missing };
  const at = (q: number) => present[Math.round(q * (present.length - 1))]!;
  const edges = [0, 0.25, 0.75, 1].map(at);
  const digits = distinctDigits([...new Set(edges)]);
  const [low, lower, upper, high] = edges.map((edge) =>
    column.type === 'timestamp'
      ? new Date(edge).toISOString().slice(0, 10)
      : String(Number(edge.toPrecision(digits))),
  ) as [string, string, string, string];
  return {
    column: name,
    values: rangeInWords(low, lower, upper, high),
    missing,
    range: { low, high },
  };
}

/** Of a number with few values, the share of each. */
function codes(present: Float64Array, distinct: readonly number[]): string {
  return distinct
    .map((value) => `${value} ${percent(present.filter((one) => one === value).length / present.length)}`)
    .join(', ');
}

function rangeInWords(low: string, lower: string, upper: string, high: string): string {
  if (low === high) return low;
  return `${low} to ${high}, ${lower === upper ? 'at least half of them' : 'half of them'} ${lower === upper ? lower : `${lower} to ${upper}`}`;
}

function categories({ codes, dictionary }: Extract<Column, { type: 'string' }>, rows: number) {
  const counts = new Float64Array(dictionary.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else counts[code]! += 1;
  }
  const ranked = [...counts.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]!);
  const shown = ranked
    .slice(0, MOST_CATEGORIES)
    .map((code) => `${dictionary[code]} ${percent(counts[code]! / (rows - missing))}`);
  const more = ranked.length - shown.length;
  const values = [...shown, ...(more > 0 ? [`${count(more)} more`] : [])].join(', ');
  return { values: values === '' ? 'always missing' : values, missing: rows === 0 ? 0 : missing / rows };
}

const MOST_COLUMNS = 15;

/** For whom the model is: what the rows that it learned from had. */
export function populationSection(population: Population | undefined): string {
  if (population === undefined) return '';
  const { rows, span, columns } = population;
  const shown = columns
    .slice(0, MOST_COLUMNS)
    .map(({ column, values, missing }) => [
      text(column),
      text(values),
      missing === 0 ? '' : percent(missing),
    ]);
  const more = columns.length - shown.length;
  const lead = more > 0 ? ` The ${shown.length} inputs it relies on most, of ${columns.length}:` : '';
  const when = span && ` ${text(span.column)} from ${span.from} to ${span.to}.`;
  return section('For which rows', [
    `It learned from ${count(rows)} rows and is meant for rows like them.${when ?? ''}${lead}`,
    shown.length > 0 && table(['input', 'values in the training rows', 'missing'], shown),
  ]);
}
