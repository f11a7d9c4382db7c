export { type Population, populationOf } from './card/population.ts';
export { explainModel } from './explain/explain-model.ts';
export type { ModelExplanation } from './explain/explanation.ts';
export { compileMarginExplainer } from './explain/margin-explainer.ts';
export { type ForecastShiftRequest, forecastShift, type KnownColumn } from './forecast/forecast-shift.ts';
export type { ForecastExample, JudgedSeries } from './forecast/judged-series.ts';
export { type Known, type LaterValues, laterValues } from './forecast/later-series.ts';
export { rollingOrigin } from './forecast/rolling-origin.ts';
export { type ForecastSet, validateForecast } from './forecast/validate-forecast.ts';
export {
  conditionGate,
  DATA_GATES,
  DEFAULT_GATES,
  decideGates,
  FORECAST_GATES,
  HOLD_OUT,
  LEAKAGE_GATE,
  PARITY_GATE,
} from './gates/index.ts';
export { skillOf } from './gates/label-signal.ts';
export { groupColumns } from './groups/index.ts';
export { HEADLINE_METRIC } from './headline-metric.ts';
export { renderLaterValidations } from './later-validations.ts';
export type * from './model.ts';
export { type CardFacts, renderModelCard } from './model-card.ts';
export { type OptimizedCardFacts, renderOptimizedCard } from './optimized-card.ts';
export {
  bootstrap,
  HEADLINE_STATISTIC,
  intervalOf,
  type Judged,
  meanStatistic,
  type Resampled,
  takeJudged,
} from './resampling/index.ts';
export * from './shift-report.ts';
export { isComparable } from './slice-rows.ts';
export { validateCandidate } from './validate-candidate.ts';
