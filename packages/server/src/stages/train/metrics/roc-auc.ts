import { CLASSIFICATION, type Metric } from './metric.ts';
import { oneAgainstRest, rankedRows } from './ranking.ts';

/** Area under the ROC curve: the chance that a row of the class scores above one that is not; ties count half. */
export const rocAuc: Metric = {
  id: 'roc-auc',
  label: 'ROC AUC',
  tasks: CLASSIFICATION,
  direction: 'higher',
  compute: (target, predictions) => oneAgainstRest(target, predictions, areaUnderRoc),
};

/** The Mann-Whitney statistic over tied groups of falling score; NaN when only one side occurs. */
export function areaUnderRoc(isClass: Uint8Array, scores: Float64Array): number {
  const ranked = rankedRows(scores);
  let inside = 0;
  let outside = 0;
  let area = 0;
  for (let i = 0; i < ranked.length; ) {
    const score = scores[ranked[i]!]!;
    let tiedInside = 0;
    let tiedOutside = 0;
    for (; i < ranked.length && scores[ranked[i]!] === score; i++) {
      if (isClass[ranked[i]!]) tiedInside++;
      else tiedOutside++;
    }
    area += tiedOutside * (inside + tiedInside / 2);
    inside += tiedInside;
    outside += tiedOutside;
  }
  return inside === 0 || outside === 0 ? Number.NaN : area / (inside * outside);
}
