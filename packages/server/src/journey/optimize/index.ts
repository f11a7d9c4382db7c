export { applyLink } from './flat/apply-link.ts';
export { compileFlat } from './flat/compile-flat.ts';
export type { FlatModel } from './flat/flat-model.ts';
export { predictFlat, predictFlatRows, scoreFlat, scoreFlatRows } from './flat/score-flat.ts';
export { floorToFloat32 } from './flat/sortable-key.ts';
