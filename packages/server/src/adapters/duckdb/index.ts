export * from './duckdb-tables.ts';
