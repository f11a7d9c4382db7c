export * from './clock.ts';
export * from './distinct-digits.ts';
export { isForeignVariable } from './foreign-variables.ts';
export * from './ids.ts';
export * from './nearest-name.ts';
export * from './random.ts';
export * from './settings.ts';
export * from './time-allowance.ts';
export * from './zone-clock.ts';
