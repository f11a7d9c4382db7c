export { bootstrap, differenceOf, intervalOf, type Resamples } from './bootstrap.ts';
export type { Judged } from './judged.ts';
export { rowLoss } from './row-loss.ts';
export {
  HEADLINE_STATISTIC,
  meanStatistic,
  metricStatistic,
  type Resampled,
} from './statistics.ts';
export { takeJudged, takePredictions } from './take-predictions.ts';
