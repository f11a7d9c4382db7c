export { allowanceOf, chooseTrial, isAllowed } from './choose-trial.ts';
export { columnImportance } from './column-importance.ts';
export { dropUnusedFeatures } from './drop-unused-features.ts';
export { compileFlat } from './flat/compile-flat.ts';
export type { FlatModel } from './flat/flat-model.ts';
export { predictFlat, predictFlatRows, scoreFlat, scoreFlatRows } from './flat/score-flat.ts';
export {
  answersClasses,
  type Judge,
  judgeByFormer,
  judgeByLabels,
  type Labels,
} from './graph/answers.ts';
export { readGraph, writeGraph } from './graph/graph.ts';
export { type Batches, inapplicable, optimizeGraph } from './graph/optimize-graph.ts';
export { simplifyGraph } from './graph/passes/index.ts';
export * from './model.ts';
export { optimizeModel } from './optimize-model.ts';
export type { GraphCost, GraphRunner, OpenGraph } from './ports.ts';
export { optimizeTable } from './table/optimize-table.ts';
