import type { PredictionLog } from './ports.ts';

/** For a server that was told to remember nothing. */
export function noPredictionLog(): PredictionLog {
  return {
    append: () => {},
    stats: () => ({ written: 0, dropped: 0, pending: 0 }),
    close: () => Promise.resolve(),
  };
}
