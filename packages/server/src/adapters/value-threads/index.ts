export { serveValues } from './serve-values.ts';
export { type ValueThreadsOptions, valueThreads } from './value-threads.ts';
