export { serveTrials } from './serve-trials.ts';
export { type ThreadTrialsOptions, threadTrials } from './thread-trials.ts';
