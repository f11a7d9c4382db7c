import type { ForecastFile } from '../../pack/index.ts';
import { type KnownValues, projectSeries, type SeriesModel } from '../../train/index.ts';
import type { Prediction } from '../model.ts';
import { asPredictions } from './forecast-answers.ts';

/** The forecasts of one series from where it stands, by step. */
export type Ahead = { series: SeriesModel; predictions: Prediction[] };

/** Forecasts of a series made anew, from where it stands: a few milliseconds. */
export function projectAhead({ model }: ForecastFile, series: SeriesModel, told?: KnownValues): Prediction[] {
  const [projection] = projectSeries(model, [series], model.horizon, told);
  return asPredictions(projection!.values, projection!.intervals);
}
