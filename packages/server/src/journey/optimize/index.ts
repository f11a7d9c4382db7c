export { columnImportance } from './column-importance.ts';
export { dropUnusedFeatures } from './drop-unused-features.ts';
export { applyLinkInPlace } from './flat/apply-link-in-place.ts';
export { compileFlat } from './flat/compile-flat.ts';
export type { FlatModel } from './flat/flat-model.ts';
export { predictFlat, predictFlatRows, scoreFlat, scoreFlatRows } from './flat/score-flat.ts';
export { floorToFloat32 } from './flat/sortable-key.ts';
export * from './model.ts';
export { optimizeModel } from './optimize-model.ts';
