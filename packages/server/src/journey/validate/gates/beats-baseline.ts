import { ownValue } from '@slipway/contract';
import type { Decide } from './decide.ts';
import { figure, interval } from './figures.ts';

/**
 * Better than answering the same always, beyond what luck explains: the 95 % interval of the difference lies above
 * zero. Classes may show it in the log loss instead, since a rare class need not change a single answer.
 */
export const beatsBaseline: Decide<'beats-baseline'> = (_, dataset) => {
  const { difference, logLossGain } = dataset.baseline;
  const { metric, value } = dataset.primary;
  const byMetric = difference.low > 0;
  const byLogLoss = (logLossGain?.low ?? 0) > 0;
  const facts = `${metric} ${figure(value)} against ${figure(ownValue(dataset.baseline.metrics, metric) ?? value - difference.value)} of the baseline (difference ${interval(difference)})`;
  return {
    passed: byMetric || byLogLoss,
    observed: difference.value,
    threshold: 0,
    says: byMetric
      ? `Better than the baseline: ${facts}.`
      : byLogLoss
        ? `Better than the baseline in log loss, by ${interval(logLossGain!)}, though not surely in ${metric}: ${facts}.`
        : `Not significantly better than the baseline: ${facts}.`,
  };
};
