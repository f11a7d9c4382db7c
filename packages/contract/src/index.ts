export * from './fail.ts';
export * from './failure-catalogue.ts';
export * from './failures.ts';
export * from './stages.ts';
