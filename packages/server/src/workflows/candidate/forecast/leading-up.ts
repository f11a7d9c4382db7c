import type { Projection } from '../../../stages/train/index.ts';
import {
  type ForecastModel,
  type Series,
  type SeriesSet,
  textOfTime,
  timeOf,
} from '../../../stages/train/index.ts';
import type { ForecastExample, ValidationReport } from '../../../stages/validate/index.ts';

/** Values before a forecast that pictures show. */
const HISTORY_SHOWN = 60;

/** The last values of a series, and the times of those and of the steps ahead. */
export function leadingUp(
  { frequency, horizon }: Pick<SeriesSet, 'frequency' | 'horizon'>,
  { start, values }: Pick<Series, 'start' | 'values'>,
): Pick<ForecastExample, 'times' | 'history'> {
  const from = Math.max(0, values.length - HISTORY_SHOWN);
  const isNumber = frequency.kind === 'fixed' && frequency.unit === 'number';
  const times = Array.from({ length: values.length - from + horizon }, (_, i) => {
    const time = timeOf(frequency, start + from + i);
    return isNumber ? time : textOfTime(frequency, time);
  });
  return { times, history: Array.from(values.slice(from)) };
}

/** The report with what its examples go on to: the forecasts from the end of all data on. */
export function withAhead(
  report: ValidationReport,
  set: SeriesSet,
  model: ForecastModel,
  said: readonly Projection[],
): ValidationReport {
  const places = new Map(set.series.map(({ key }, index) => [key.join(', '), index]));
  const [holdout, ...others] = report.datasets;
  if (holdout?.forecast === undefined) return report;
  const examples = holdout.forecast.examples.map((example) => {
    const index = places.get(example.series)!;
    const widest = said[index]!.intervals.at(-1);
    const ahead = {
      ...leadingUp(model, set.series[index]!),
      forecast: [...said[index]!.values],
      lower: [...(widest?.lower ?? [])],
      upper: [...(widest?.upper ?? [])],
      level: widest?.level ?? 0,
    };
    return { ...example, ahead };
  });
  return { ...report, datasets: [{ ...holdout, forecast: { ...holdout.forecast, examples } }, ...others] };
}
