export * from './ports/catalogue.ts';
export * from './ports/database.ts';
export * from './ports/endpoints.ts';
export * from './ports/models.ts';
export * from './ports/objects.ts';
export * from './ports/observations.ts';
export * from './ports/outbox.ts';
export * from './ports/runs.ts';
