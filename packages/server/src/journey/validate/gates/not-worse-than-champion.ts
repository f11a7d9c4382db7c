import { ownValue } from '@slipway/contract';
import type { Decide } from './decide.ts';
import { figure, interval } from './figures.ts';

/**
 * On the same rows, the candidate may not fall below the champion by more than the tolerance, nor by less when the
 * rows show it beyond doubt (the whole 95 % interval of the paired difference below zero). In doubt the champion stays.
 * Of metrics that are errors the difference is relative to the champion's.
 */
export const notWorseThanChampion: Decide<'not-worse-than-champion'> = (gate, dataset) => {
  const { champion, primary } = dataset;
  const threshold = -gate.tolerance;
  if (champion === null && dataset.notCompared !== undefined) {
    const says = `It cannot be compared with the champion, which stays: ${dataset.notCompared}. \`slipway deploy\` makes the new version answer all the same.`;
    return { passed: false, observed: null, threshold, says };
  }
  if (champion === null) {
    return { passed: true, observed: null, threshold, says: 'There is no champion to compare with yet.' };
  }
  const { difference, on } = champion;
  const own = on?.candidate ?? primary.value;
  const rows =
    on === undefined ? `the same ${dataset.rows} rows` : `the ${on.rows} rows that neither learnt from`;
  const practically = difference.value < threshold;
  const significantly = difference.high < 0 && difference.value < -gate.significantTolerance;
  const facts = `${primary.metric} ${figure(own)} against ${figure(ownValue(champion.metrics, primary.metric) ?? own - difference.value)} of version ${champion.version} on ${rows} (difference ${interval(difference)})`;
  return {
    passed: !practically && !significantly,
    observed: difference.value,
    threshold,
    says: practically
      ? `Worse than the champion by more than the ${figure(gate.tolerance)} allowed: ${facts}.`
      : significantly
        ? `Surely worse than the champion, if by little: ${facts}.`
        : `Not worse than the champion: ${facts}.`,
  };
};
