export { explainModel } from './explain/explain-model.ts';
export type { ModelExplanation } from './explain/explanation.ts';
export { compileMarginExplainer } from './explain/margin-explainer.ts';
export { DEFAULT_GATES, decideGates, PARITY_GATE } from './gates/index.ts';
export { HEADLINE_METRIC } from './headline-metric.ts';
export type * from './model.ts';
export { type CardFacts, renderModelCard } from './model-card.ts';
export { bootstrap, HEADLINE_STATISTIC, intervalOf, type Judged } from './resampling/index.ts';
export { validateCandidate } from './validate-candidate.ts';
