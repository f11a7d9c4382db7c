export { bootstrap, differenceOf, intervalOf, type Resamples } from './bootstrap.ts';
export { rowLoss } from './row-loss.ts';
export {
  HEADLINE_STATISTIC,
  type Judged,
  meanStatistic,
  metricStatistic,
  type Resampled,
} from './statistics.ts';
export { takeJudged, takePredictions } from './take-predictions.ts';
