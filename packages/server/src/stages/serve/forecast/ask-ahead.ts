import { fail, ownValue, type SlipwayError } from '@slipway/contract';
import { type ForecastFile, rowOf, timesOf } from '../../pack/index.ts';
import type { SeriesModel } from '../../train/index.ts';
import type { AskedAhead, Engine, RawRow } from '../model.ts';
import type { Cell } from '../read-row.ts';
import { type Ahead, projectAhead } from './project-ahead.ts';
import { readHistory } from './read-history.ts';
import type { Entry, SeriesBook } from './series-book.ts';

/** What a body may hold. */
const ASKING = ['horizon', 'series', 'history'] as const;
const MEMBERS = new Set<string>([...ASKING, 'rows']);

/** What is asked, and who makes an engine whose series stand somewhere else. */
export type Asking = {
  file: ForecastFile;
  book: SeriesBook;
  standAt(aheadOf: (entry: Entry) => Ahead): Engine;
};

/**
 * Reads a body that asks for the next steps: `{ "horizon": 12, "series": [ … ]?, "history": [ … ]? }`, where a series
 * is its name, or an object of the columns that name it, and history are rows of the table with values known since the
 * model was made. Gives the rows that ask for those steps, and the engine that stands at the end of the history.
 * Undefined where the body asks by `rows` alone.
 *
 * Throws `request.invalid`, `forecast.beyond-horizon`, `forecast.unknown-series`, `forecast.off-step`,
 * `forecast.history-gap` and what reading a row throws.
 */
export function askAhead(
  { file, book, standAt }: Asking,
  body: Readonly<Record<string, unknown>>,
  mostRows: number,
): AskedAhead | undefined {
  if (!ASKING.some((member) => member in body)) return undefined;
  const stranger = Object.keys(body).find((key) => !MEMBERS.has(key));
  if (stranger !== undefined)
    throw invalid('only "horizon", "series", "history" and "rows" are known', stranger.slice(0, 100));
  const moved = readHistory(file, book, body.history);
  const engine = moved.size === 0 ? undefined : standAt(movedAhead(file, moved));
  if (body.rows !== undefined) {
    if (body.horizon === undefined && body.series === undefined) return { rows: undefined, engine };
    throw invalid('ask either for rows or for a horizon', 'rows');
  }
  const horizon = readHorizon(file, body.horizon);
  const entries = readSeries(file, book, body.series);
  const count = entries.length * horizon;
  if (count > mostRows)
    throw fail('predict.too-many-rows', { rows: count, limit: mostRows }, { path: 'series' });
  const rows = entries.flatMap(({ series: before, index }) => {
    const series = moved.get(index) ?? before;
    const times = timesOf(file.model, series).slice(0, horizon);
    return times.map(({ time }): RawRow => rowOf(file, series, time));
  });
  return { rows, engine };
}

/** Each series from the end of what is known of it, forecast once. */
function movedAhead(file: ForecastFile, moved: ReadonlyMap<number, SeriesModel>) {
  const known = new Map<number, Ahead>();
  return ({ series: before, index }: Entry): Ahead => {
    const series = moved.get(index) ?? before;
    const ahead = known.get(index) ?? { series, predictions: projectAhead(file, series) };
    known.set(index, ahead);
    return ahead;
  };
}

function readHorizon({ model }: ForecastFile, asked: unknown): number {
  if (asked === undefined) return model.horizon;
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 1)
    throw invalid('"horizon" is a whole number from 1 on', 'horizon');
  if (asked <= model.horizon) return asked;
  throw fail(
    'forecast.beyond-horizon',
    { asked: `${asked} steps`, last: `${model.horizon} steps ahead` },
    { path: 'horizon' },
  );
}

function readSeries(file: ForecastFile, book: SeriesBook, asked: unknown): readonly Entry[] {
  if (asked === undefined) return book.all;
  if (!Array.isArray(asked) || asked.length === 0) throw invalid('"series" is a list of series', 'series');
  return asked.map((one, i) => book.find(keyOf(file, one, `series[${i}]`), `series[${i}]`));
}

function keyOf({ inputs, seriesColumns }: ForecastFile, asked: unknown, path: string): Cell[] {
  const columns = inputs.slice(1, 1 + seriesColumns);
  if (typeof asked !== 'object' || asked === null) {
    if (columns.length === 0) throw invalid('the model forecasts a single series, which has no name', path);
    if (columns.length > 1) throw invalid('a series is an object of its columns', path);
    return [asked as Cell];
  }
  return columns.map(({ name, type }) => {
    const value = ownValue(asked as Record<string, unknown>, name);
    if (value === undefined)
      throw fail('predict.missing-column', { column: name }, { path: `${path}.${name}` });
    return type === 'timestamp' && typeof value === 'string' ? Date.parse(value) : (value as Cell);
  });
}

function invalid(reason: string, path: string): SlipwayError {
  return fail('request.invalid', { reason }, { path });
}
