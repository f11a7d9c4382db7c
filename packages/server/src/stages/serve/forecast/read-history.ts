import { fail } from '@slipway/contract';
import type { ForecastFile } from '../../pack/index.ts';
import { rowColumnsOf } from '../../prepare/index.ts';
import { type Frequency, isShown, isWithinDay, type SeriesModel, withHistory } from '../../train/index.ts';
import { type Cell, compileRowReader, pathOf, type RowReader } from '../read-row.ts';
import { type SeriesBook, seriesWords } from './series-book.ts';

/** Rows of history at most; longer ones are for retraining. */
const MOST_HISTORY = 10_000;

/**
 * The series that rows of history move on, by index. Rows are those of the table: the input columns and the target, null
 * where a value is missing. Throws `request.invalid`, `predict.too-many-rows`, `forecast.unknown-series`,
 * `forecast.off-step`, `forecast.history-gap` and what reading a row throws.
 */
export function readHistory(
  file: ForecastFile,
  book: SeriesBook,
  history: unknown,
): Map<number, SeriesModel> {
  if (history === undefined) return new Map();
  const { inputs, seriesColumns, target, model } = file;
  if (!Array.isArray(history))
    throw fail('request.invalid', { reason: '"history" is a list of rows' }, { path: 'history' });
  if (history.length > MOST_HISTORY)
    throw fail('predict.too-many-rows', { rows: history.length, limit: MOST_HISTORY }, { path: 'history' });
  const readRow = compileHistoryReader(file);
  const values = new Map<number, number[]>();
  const cells: Cell[] = [];
  history.forEach((row, i) => {
    readRow(row, i, cells);
    const path = pathOf(`history[${i}]`, inputs[0]!.name);
    const { series, index } = book.find(cells.slice(1, 1 + seriesColumns), `history[${i}]`);
    const first = series.end + series.recent.length + 1;
    const step = book.stepAt(Number(cells[0]), path);
    // What the model has seen already says nothing new.
    if (step < first) return;
    const list = values.get(index) ?? [];
    const cell = cells[inputs.length];
    const value = typeof cell === 'number' ? cell : Number.NaN;
    if (isRepeated(model.frequency, step, first + list.length - 1) && list.length > 0) {
      list.push(meanOf(list.pop()!, value));
      return;
    }
    // An hour that the clock skips has no row.
    while (step > first + list.length && !isShown(model.frequency, first + list.length))
      list.push(Number.NaN);
    if (step !== first + list.length) {
      const [expected, found] = [book.timeText(first + list.length), book.timeText(step)];
      throw fail(
        'forecast.history-gap',
        { series: series.key.join(', ') || target, expected, found },
        { path },
      );
    }
    list.push(value);
    values.set(index, list);
  });
  return new Map(
    [...values].map(([index, list]) => [index, withHistory(model, book.all[index]!.series, list)]),
  );
}

/** Whether a row is of the step before it: an hour that the clock shows twice when daylight saving ends. */
function isRepeated(frequency: Frequency, step: number, before: number): boolean {
  return isWithinDay(frequency) && step === before;
}

/** Of two values of one step, of which either may be missing. */
function meanOf(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : (a + b) / 2;
}

/** Rows as the table has them, of which the target is read too. */
function compileHistoryReader(file: ForecastFile): RowReader {
  const { inputs, others, missingWords } = rowColumnsOf(file, seriesWords(file));
  const target = { name: file.target, type: 'number' as const, nullable: true };
  const rest = others.filter(({ name }) => name !== target.name);
  return compileRowReader(
    { inputs: [...inputs, target], others: rest, missingWords },
    { list: 'history', needsAll: true },
  );
}
