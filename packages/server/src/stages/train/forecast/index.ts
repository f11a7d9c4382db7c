export type { KnownUse } from './backtest-trees.ts';
export { type ForecastCase, forecastErrors, naiveTwo, scaledError, scaleOf, truthOf } from './errors.ts';
export type { ForecastEntry } from './forecast-leaderboard.ts';
export type { ForecastProgress, TrainForecastRequest } from './forecast-work.ts';
export { textOfTime, writtenTime } from './frequency/calendar.ts';
export { describeFrequency } from './frequency/describe-frequency.ts';
export { isAlike } from './frequency/is-alike.ts';
export { isShown, isWithinDay, stepOf, type TimeAhead, timeOf, timesAhead } from './frequency/steps.ts';
export type {
  Covariate,
  ForecastModel,
  ForecastTrees,
  Frequency,
  MemberId,
  Series,
  SeriesModel,
  SeriesSet,
} from './model.ts';
export { type NaiveBaseline, naiveBaseline, seasonalNaive } from './naive-baseline.ts';
export {
  intervalsOf,
  type KnownValues,
  type Projection,
  projectSeries,
  withHistory,
} from './project-series.ts';
export { type Refit, type RefitRequest, refitForecast } from './refit-forecast.ts';
export { type HeldOut, holdOut } from './series/hold-out.ts';
export { type PrepareOptions, prepareSeries } from './series/prepare-series.ts';
export {
  MOST_SERIES,
  type ResolvedColumns,
  type SeriesColumns,
  seriesRows,
  staticTest,
  tooManySeries,
  usedColumns,
} from './series/rows-from-table.ts';
export { timeText } from './series/series-sentences.ts';
export { type TrainedForecast, trainForecast } from './train-forecast.ts';
