import { type PredictionLogReader, predictionTime } from '../journey/serve/index.ts';

/** A record is written a moment after its id was made; a clock that was set back makes ids run ahead of it. */
const SLACK_MS = 300_000;
/** What an id tells that nobody made may lie beyond all dates. */
const END_OF_TIME = Date.UTC(9999, 0);

/**
 * How many of these ids the endpoint's log does not hold: those of no prediction, or of one whose record is not there yet.
 * Only the time that the ids tell of is read. Undefined when that would take more than `mostRecords`.
 */
export async function unknownPredictions(
  log: PredictionLogReader,
  endpoint: string,
  ids: readonly string[],
  mostRecords = Number.POSITIVE_INFINITY,
): Promise<number | undefined> {
  const unknown = new Set(ids);
  const sought = new Set(ids.filter((id) => predictionTime(id) !== undefined));
  if (sought.size === 0) return unknown.size;
  let records = 0;
  for await (const batch of log.read(endpoint, windowOf(sought))) {
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

function windowOf(ids: ReadonlySet<string>): { from: number; to: number } {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const id of ids) {
    const time = predictionTime(id)!;
    from = Math.min(from, time - SLACK_MS);
    to = Math.max(to, time + SLACK_MS);
  }
  return { from, to: Math.min(to, END_OF_TIME) };
}
