import { ownValue } from '@slipway/contract';
import type { DatasetReport } from '../model.ts';
import type { Decide } from './decide.ts';
import { figure } from './figures.ts';

export const minMetric: Decide<'min-metric'> = ({ metric, value }, dataset) =>
  bound(dataset, metric, value, 'least', (observed) => observed >= value);

export const maxMetric: Decide<'max-metric'> = ({ metric, value }, dataset) =>
  bound(dataset, metric, value, 'most', (observed) => observed <= value);

function bound(
  { name, metrics }: DatasetReport,
  metric: string,
  value: number,
  word: 'least' | 'most',
  holds: (observed: number) => boolean,
) {
  const observed = ownValue(metrics, metric) ?? null;
  if (observed === null) {
    return { passed: false, observed, threshold: value, says: `${metric} is not defined on ${name}.` };
  }
  const says = `${metric} is ${figure(observed)} on ${name}; at ${word} ${figure(value)} is asked for.`;
  return { passed: holds(observed), observed, threshold: value, says };
}
