export * from './model.ts';
export * from './ports.ts';
export * from './settings.ts';
