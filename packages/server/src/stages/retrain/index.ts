export { brokenData } from './broken-data.ts';
export { collectLabelledRows } from './collect-labelled-rows.ts';
export { decideRetrain } from './decide-retrain.ts';
export type * from './model.ts';
export { performanceHolds } from './performance-holds.ts';
export type { PromotionDecision } from './promotion-decision.ts';
