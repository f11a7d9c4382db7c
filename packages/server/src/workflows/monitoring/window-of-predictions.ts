import { predictionTime, type TimeWindow } from '../../stages/serve/index.ts';

/** A record is written a moment after its id was made; a clock that was set back makes ids run ahead of it. */
const SLACK_MS = 300_000;
/** What an id tells that nobody made may lie beyond all dates. */
const END_OF_TIME = Date.UTC(9999, 0);

/**
 * When the records of these ids were written, by what the ids tell: all time where one of them is its caller's own, which
 * tells nothing. Undefined where there are no ids.
 */
export function windowOfPredictions(ids: Iterable<string>): TimeWindow | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const id of ids) {
    const time = predictionTime(id);
    if (time === undefined) return {};
    from = Math.min(from, time - SLACK_MS);
    to = Math.max(to, time + SLACK_MS);
  }
  return to < from ? undefined : { from, to: Math.min(to, END_OF_TIME) };
}
