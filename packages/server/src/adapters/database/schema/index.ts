export * from './access.ts';
export * from './datasets.ts';
export * from './endpoints.ts';
export * from './models.ts';
export * from './observations.ts';
export * from './outbox.ts';
export * from './runs.ts';
export * from './work.ts';
