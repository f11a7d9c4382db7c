import { ownValue } from '@slipway/contract';
import type { Decide } from './decide.ts';
import { figure, interval } from './figures.ts';

/**
 * Better than answering the same always, beyond what luck explains: the 95 % interval of the difference lies above
 * zero. Classes may show it in the log loss instead, since a rare class need not change a single answer. Rows on which the
 * metric says nothing, since all have one value of the target, show neither.
 */
export const beatsBaseline: Decide<'beats-baseline'> = (_, dataset) => {
  const { difference, logLossGain } = dataset.baseline;
  const { metric, value } = dataset.primary;
  if (!Number.isFinite(value))
    return {
      passed: false,
      observed: null,
      threshold: 0,
      says: `Whether it is better than the baseline cannot be told: ${metric} is undefined on the ${dataset.rows.toLocaleString('en')} rows, which are too much alike in the target. Where a class has few rows, add more of them; \`slipway deploy\` makes the version answer all the same.`,
    };
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
