export { type ForecastCase, forecastErrors, naiveTwo, scaledError, scaleOf, truthOf } from './errors.ts';
export type { ForecastEntry } from './forecast-leaderboard.ts';
export type { ForecastProgress, TrainForecastRequest } from './forecast-work.ts';
export { describeFrequency } from './frequency/describe-frequency.ts';
export { stepOf, timeOf } from './frequency/steps.ts';
export type {
  Covariate,
  ForecastModel,
  Frequency,
  MemberId,
  Series,
  SeriesModel,
  SeriesSet,
} from './model.ts';
export {
  intervalsOf,
  type KnownValues,
  type Projection,
  projectSeries,
  withHistory,
} from './project-series.ts';
export { type HeldOut, holdOut } from './series/hold-out.ts';
export { type PrepareOptions, prepareSeries, timeText } from './series/prepare-series.ts';
export { type ResolvedColumns, type SeriesColumns, seriesRows } from './series/rows-from-table.ts';
export { type TrainedForecast, trainForecast } from './train-forecast.ts';
