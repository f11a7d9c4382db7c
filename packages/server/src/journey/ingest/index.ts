export * from './append-file.ts';
export { fillColumn } from './fill-column.ts';
export { type Ingested, type IngestPorts, type IngestRequest, ingestFile } from './ingest-file.ts';
export * from './manifest-id.ts';
export * from './model.ts';
export type { ReadOptions } from './open-source.ts';
export * from './ports.ts';
export { previewRows, type ReadTableOptions, readTable } from './read-table.ts';
export * from './settings.ts';
