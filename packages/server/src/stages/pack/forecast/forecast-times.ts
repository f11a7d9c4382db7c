import { type ForecastModel, type TimeAhead, timesAhead } from '../../train/index.ts';

/** The times that a series is forecast for, from where it stands. */
export function timesOf(
  { frequency, horizon }: Pick<ForecastModel, 'frequency' | 'horizon'>,
  { end, recent }: ForecastModel['series'][number],
): TimeAhead[] {
  return timesAhead(frequency, end + recent.length + 1, horizon);
}
