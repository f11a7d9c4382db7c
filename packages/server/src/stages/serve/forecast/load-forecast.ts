import { fail, type PredictionWarning } from '@slipway/contract';
import type { ForecastFile } from '../../pack/index.ts';
import { rowColumnsOf } from '../../prepare/index.ts';
import { intervalsOf, type KnownValues, textOfTime } from '../../train/index.ts';
import { MOST_WARNINGS, unseenCategory } from '../compile-warnings.ts';
import { notFinite, requestRow } from '../find-overflow.ts';
import type { Engine, Prediction } from '../model.ts';
import { type Cell, compileRowReader, pathOf } from '../read-row.ts';
import { askAhead } from './ask-ahead.ts';
import { asPredictions, forecastAnswerText } from './forecast-answers.ts';
import { type Ahead, projectAhead } from './project-ahead.ts';
import { type Entry, type SeriesBook, seriesBook, seriesWords } from './series-book.ts';

/**
 * Compiles a forecast file into an engine. A row asks for one step of one series by its time; what was forecast when
 * the model was made is looked up, what callers tell of columns known in advance is forecast anew.
 */
export function loadForecast(file: ForecastFile): Engine {
  const book = seriesBook(file);
  return engineAt(file, book, (entry) => tableAhead(file, entry));
}

/** An engine whose series stand where `aheadOf` says. */
function engineAt(file: ForecastFile, book: SeriesBook, aheadOf: (entry: Entry) => Ahead): Engine {
  const { inputs, seriesColumns } = file;
  const columns = rowColumnsOf(file, seriesWords(file));
  const readRow = compileRowReader(columns, { needsAll: true });
  const cells: Cell[] = inputs.map(() => null);
  return {
    task: 'forecast',
    classes: [],
    classType: 'string',
    inputs,
    columns,
    answerText: forecastAnswerText,
    predict(rows, from = 0, to = rows.length) {
      const predictions: Prediction[] = [];
      for (let i = from; i < Math.min(to, rows.length); i++) {
        readRow(rows[i], i, cells);
        const entry = book.find(cells.slice(1, 1 + seriesColumns), seriesPath(file, i));
        const prediction = predictOne(file, book, aheadOf(entry), cells, i);
        const warnings = unseenLevels(file, cells);
        predictions.push(warnings === undefined ? prediction : { ...prediction, warnings });
      }
      return predictions;
    },
    explain() {
      throw fail('predict.no-explanation');
    },
    ahead: (body, mostRows) =>
      askAhead({ file, book, standAt: (from) => engineAt(file, book, from) }, body, mostRows),
  };
}

function seriesPath({ inputs, seriesColumns }: ForecastFile, row: number): string {
  return seriesColumns === 0 ? `rows[${row}]` : pathOf(`rows[${row}]`, inputs[1]!.name);
}

function predictOne(
  file: ForecastFile,
  book: SeriesBook,
  { series, predictions }: Ahead,
  cells: readonly Cell[],
  row: number,
): Prediction {
  const path = pathOf(`rows[${row}]`, file.inputs[0]!.name);
  const first = series.end + series.recent.length + 1;
  const asked = book.stepAt(Number(cells[0]), path);
  const ahead = asked - first;
  const details = {
    asked: book.timeText(asked),
    first: book.timeText(first),
    last: book.timeText(first + file.model.horizon - 1),
  };
  if (ahead < 0) throw fail('forecast.before-start', details, { path });
  if (ahead >= file.model.horizon) throw fail('forecast.beyond-horizon', details, { path });
  const predictionOf = (of: readonly Cell[]): Prediction => {
    const told = toldOf(file, of, asked);
    return told === undefined ? predictions[ahead]! : projectAhead(file, series, told)[ahead]!;
  };
  const prediction = predictionOf(cells);
  if (!isFinitePrediction(prediction)) {
    // The time and the series say which step is asked for: only covariates can be the cause.
    const fixed = cells.slice(0, 1 + file.seriesColumns).map(() => null);
    const covariates = [...fixed, ...cells.slice(1 + file.seriesColumns)];
    throw notFinite(requestRow(row), file.inputs, covariates, (of) => isFinitePrediction(predictionOf(of)));
  }
  const { timeZone, digits } = file.model.frequency;
  if (timeZone === undefined && digits === undefined) return prediction;
  return { ...prediction, time: textOfTime(file.model.frequency, Number(cells[0])) };
}

function isFinitePrediction({ value, intervals = [] }: Prediction): boolean {
  return (
    Number.isFinite(value) &&
    intervals.every(({ lower, upper }) => Number.isFinite(lower) && Number.isFinite(upper))
  );
}

/** What the row tells of columns known in advance; undefined when it tells nothing. */
function toldOf(file: ForecastFile, cells: readonly Cell[], step: number): KnownValues | undefined {
  const known = cells.slice(1 + file.seriesColumns);
  if (known.every((cell) => cell === null)) return undefined;
  const covariates = file.model.covariates.filter(({ use }) => use === 'known');
  return (covariate, at) => {
    const cell = known[covariate];
    if (at !== step || cell === null || cell === undefined) return undefined;
    if (typeof cell !== 'string') return Number(cell);
    const { levels } = covariates[covariate]!;
    const code = levels.indexOf(cell);
    return code < 0 ? levels.length : code;
  };
}

/** Words in columns known in advance that training never saw. */
function unseenLevels({ inputs, seriesColumns, model }: ForecastFile, cells: readonly Cell[]) {
  const known = model.covariates.filter(({ use }) => use === 'known');
  const warnings = known.flatMap(({ levels }, i): PredictionWarning[] => {
    const cell = cells[1 + seriesColumns + i];
    const column = inputs[1 + seriesColumns + i]!.name;
    if (typeof cell !== 'string' || levels.includes(cell)) return [];
    return [unseenCategory(column, cell, levels)];
  });
  return warnings.length === 0 ? undefined : warnings.slice(0, MOST_WARNINGS);
}

function tableAhead({ model, table }: ForecastFile, { series, index }: Entry): Ahead {
  const values = Float64Array.from(table.values[index]!);
  return { series, predictions: asPredictions(values, intervalsOf(model, series, values)) };
}
