import type { PredictionLogReader } from '../../stages/serve/index.ts';
import { windowOfPredictions } from '../monitoring/window-of-predictions.ts';

/**
 * How many of these ids the endpoint's log does not hold: those of no prediction, or of one whose record is not there yet.
 * Only the time that the ids tell of is read, and all of it where they are their callers' own. Undefined when that would take more than `mostRecords`.
 */
export async function unknownPredictions(
  log: PredictionLogReader,
  endpoint: string,
  ids: readonly string[],
  mostRecords = Number.POSITIVE_INFINITY,
): Promise<number | undefined> {
  const unknown = new Set(ids);
  const sought = new Set(ids);
  const window = windowOfPredictions(sought);
  if (window === undefined) return unknown.size;
  let records = 0;
  for await (const batch of log.read(endpoint, window)) {
    for (const { id } of batch) {
      unknown.delete(id);
      sought.delete(id);
    }
    records += batch.length;
    if (sought.size === 0) break;
    if (records >= mostRecords) return undefined;
  }
  return unknown.size;
}
