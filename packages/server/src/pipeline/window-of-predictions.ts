import { predictionTime, type TimeWindow } from '../journey/serve/index.ts';

/** A record is written a moment after its id was made; a clock that was set back makes ids run ahead of it. */
const SLACK_MS = 300_000;
/** What an id tells that nobody made may lie beyond all dates. */
const END_OF_TIME = Date.UTC(9999, 0);

/** When the records of these ids were written, by what the ids tell; undefined where none tells a time. */
export function windowOfPredictions(ids: Iterable<string>): Required<TimeWindow> | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const id of ids) {
    const time = predictionTime(id);
    if (time === undefined) continue;
    from = Math.min(from, time - SLACK_MS);
    to = Math.max(to, time + SLACK_MS);
  }
  return to < from ? undefined : { from, to: Math.min(to, END_OF_TIME) };
}
