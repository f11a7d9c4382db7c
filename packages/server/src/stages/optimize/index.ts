export { columnImportance } from './column-importance.ts';
export { dropUnusedFeatures } from './drop-unused-features.ts';
export { compileFlat } from './flat/compile-flat.ts';
export type { FlatModel } from './flat/flat-model.ts';
export { predictFlat, predictFlatRows, scoreFlat, scoreFlatRows } from './flat/score-flat.ts';
export {
  type Judge,
  judgeByFormer,
  judgeByLabels,
  type Labels,
} from './graph/answers.ts';
export { type Batches, optimizeGraph } from './graph/optimize-graph.ts';
export * from './model.ts';
export { optimizeModel } from './optimize-model.ts';
export type { GraphCost, GraphRunner, OpenGraph } from './ports.ts';
export { optimizeTable } from './table/optimize-table.ts';
