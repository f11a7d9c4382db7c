export { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
export { upperGamma } from './gamma.ts';
export { kolmogorovQuantile, kolmogorovSurvival } from './kolmogorov.ts';
export { normalQuantile, normalTwoSided } from './normal.ts';
