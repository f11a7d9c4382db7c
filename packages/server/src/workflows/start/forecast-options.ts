import { fail, type shipRequestSchema } from '@slipway/contract';
import type { z } from 'zod';
import type { ForecastOptions } from '../model.ts';

type Ship = z.output<typeof shipRequestSchema>;
type Asked = Pick<
  Ship,
  | 'task'
  | 'time'
  | 'horizon'
  | 'series'
  | 'known'
  | 'metric'
  | 'group'
  | 'weight'
  | 'refit'
  | 'costs'
  | 'threshold'
>;

/** What belongs to forecasts alone, and what to every other task. */
const OF_FORECASTS = ['horizon', 'series'] as const;
const OF_OTHERS = ['metric', 'group', 'weight', 'costs', 'threshold'] as const;

/**
 * What was asked of a forecast; undefined when something else was asked. Who names a horizon or series and no task means
 * one. Throws `forecast.time-needed`, and `request.invalid` for what does not go together.
 */
export function forecastOptionsOf(asked: Asked): ForecastOptions | undefined {
  const { task, time, horizon, series, known } = asked;
  const named = OF_FORECASTS.find((name) => asked[name] !== undefined);
  if (task !== undefined && task !== 'forecast') {
    if (named === undefined) return undefined;
    throw fail('request.invalid', { reason: `${named} belongs to the task forecast` }, { path: named });
  }
  if (task === undefined && named === undefined) return undefined;
  const foreign = OF_OTHERS.find((name) => asked[name] !== undefined);
  if (foreign !== undefined) {
    const reason = `${foreign} does not apply to forecasts, whose selection metric is mase`;
    throw fail('request.invalid', { reason }, { path: foreign });
  }
  if (asked.refit === false)
    throw fail('request.invalid', { reason: 'forecasts always learn from all steps' }, { path: 'refit' });
  if (time === undefined) throw fail('forecast.time-needed', {}, { path: 'time' });
  return { time, series: series ?? null, horizon: horizon ?? null, known };
}
