import { ownValue } from '@slipway/contract';
import type { Decide } from './decide.ts';
import { figure, interval } from './figures.ts';

/**
 * A smaller error than the best naive forecast on the steps held out; or, since those may be few, an error there that is not
 * surely larger, and a smaller one over the backtests, which the weights were chosen on. What cannot be forecast better
 * than that at all, such as a random walk, passes with an error as large.
 */
export const beatsSeasonalNaive: Decide<'beats-seasonal-naive'> = (_, dataset, { backtests }) => {
  const { difference, metrics } = dataset.baseline;
  const { metric, value } = dataset.primary;
  const facts = `${metric} ${figure(value)} against ${figure(ownValue(metrics, metric) ?? Number.NaN)} (saves ${interval(difference)} of it)`;
  const [name] = dataset.baseline.says.split(':');
  const isBetter = difference.value >= 0;
  const isBetterBefore =
    backtests !== undefined && backtests.model <= backtests.baseline && difference.high >= 0;
  const before =
    backtests === undefined
      ? ''
      : ` In the backtests ${figure(backtests.model)} against ${figure(backtests.baseline)}.`;
  return {
    passed: isBetter || isBetterBefore,
    observed: difference.value,
    threshold: 0,
    says: isBetter
      ? `Not worse than the ${name}: ${facts}.`
      : isBetterBefore
        ? `Not surely worse than the ${name} on the hold-out: ${facts}.${before}`
        : `Worse than the ${name}: ${facts}.${before}`,
  };
};
