import { CLASSIFICATION, type Metric } from './metric.ts';
import { oneAgainstRest, rankedRows } from './ranking.ts';

/** Average precision: precision at each distinct score, weighted by the recall gained there. */
export const prAuc: Metric = {
  id: 'pr-auc',
  label: 'PR AUC',
  tasks: CLASSIFICATION,
  direction: 'higher',
  compute: (target, predictions) => oneAgainstRest(target, predictions, averagePrecision),
};

export function averagePrecision(isClass: Uint8Array, scores: Float64Array): number {
  const ranked = rankedRows(scores);
  let inside = 0;
  let weighted = 0;
  for (let i = 0; i < ranked.length; ) {
    const score = scores[ranked[i]!]!;
    let gained = 0;
    for (; i < ranked.length && scores[ranked[i]!] === score; i++) gained += isClass[ranked[i]!]!;
    inside += gained;
    weighted += (gained * inside) / i;
  }
  return inside === 0 ? Number.NaN : weighted / inside;
}
