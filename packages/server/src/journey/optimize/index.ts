export { columnImportance } from './column-importance.ts';
export { dropUnusedFeatures } from './drop-unused-features.ts';
export { compileFlat } from './flat/compile-flat.ts';
export type { FlatModel } from './flat/flat-model.ts';
export { predictFlat, predictFlatRows, scoreFlat, scoreFlatRows } from './flat/score-flat.ts';
export * from './model.ts';
export { optimizeModel } from './optimize-model.ts';
