import { ownValue } from '@slipway/contract';
import type { DatasetReport, Interval, ValidationReport } from '../model.ts';
import { ORIGINAL_HOLDOUT, RECENT_ROWS } from '../shift-report.ts';
import type { Decide } from './decide.ts';
import { figure, interval } from './figures.ts';

/**
 * On the same rows, the candidate may not fall below the champion by more than the tolerance, nor by less when the
 * rows show it beyond doubt (the whole 95 % interval of the paired difference below zero). In doubt the champion stays.
 * Where standard errors are allowed, that many widen the tolerance. Of metrics that are errors the difference is relative
 * to the champion's.
 *
 * A candidate that is clearly better on the recent rows is worse on the original hold-out only where both hold: it falls below
 * by more than the tolerance, and the rows show that it does. One that has learnt more is not held to the chance of few rows.
 */
export const notWorseThanChampion: Decide<'not-worse-than-champion'> = (gate, dataset, { report }) => {
  const { champion, primary } = dataset;
  const { minRows = 0, standardErrors = 0, accepted = false, tolerance } = gate;
  if (champion === null && dataset.notCompared !== undefined) {
    const says = `It cannot be compared with the champion, so the champion stays deployed: ${dataset.notCompared}. \`slipway deploy\` makes the new version answer all the same.`;
    return { passed: false, observed: null, threshold: -tolerance, says };
  }
  if (champion === null) {
    const says = 'There is no champion to compare with yet.';
    return { passed: true, observed: null, threshold: -tolerance, says };
  }
  const where = gate.dataset === undefined ? '' : ` on the ${gate.dataset}`;
  const { difference, on } = champion;
  const own = on?.candidate ?? primary.value;
  const rows =
    on === undefined ? `the same ${dataset.rows} rows` : `the ${on.rows} rows that neither learnt from`;
  if (dataset.rows < minRows || !Number.isFinite(difference.value)) {
    const says = `Not compared with the champion${where}: ${dataset.rows} held-out rows are too few to decide (${minRows} are needed), so the other rows decide.`;
    return { passed: true, observed: null, threshold: -tolerance, says };
  }
  const threshold = -Math.max(tolerance, standardErrors * standardErrorOf(difference));
  const practically = difference.value < threshold;
  const significantly = difference.high < 0 && difference.value < -gate.significantTolerance;
  const isWorse = gainOnRecent(report, dataset)
    ? practically && difference.high < 0
    : practically || significantly;
  const facts = `${primary.metric} ${figure(own)} against ${figure(ownValue(champion.metrics, primary.metric) ?? own - difference.value)} of version ${champion.version} on ${rows} (difference ${interval(difference)})`;
  const found = !isWorse
    ? `Not worse than the champion${where}${practically || significantly ? ' beyond doubt and the tolerance, and clearly better on the recent rows' : ''}: ${facts}.`
    : practically
      ? `Worse than the champion${where} by more than the ${figure(-threshold)} allowed: ${facts}.`
      : `Surely worse than the champion${where}, if by little: ${facts}.`;
  const says = !isWorse
    ? found
    : accepted
      ? `${found} Accepted: the shift is intended, so the recent rows decide.`
      : `${found}${changedRelation(report, dataset)}`;
  return { passed: !isWorse || accepted, observed: difference.value, threshold, says };
};

/** Of the 95 % interval of a difference. */
function standardErrorOf({ low, high }: Interval): number {
  return Number.isFinite(high - low) ? (high - low) / (2 * 1.96) : 0;
}

/** The gain on the recent rows of a candidate that is compared on the original hold-out; undefined where there is no clear one. */
function gainOnRecent(
  { datasets }: ValidationReport,
  { name }: DatasetReport,
): { recent: DatasetReport; gained: Interval } | undefined {
  const recent = datasets.find((one) => one.name === RECENT_ROWS);
  const gained = recent?.champion?.difference;
  if (name !== ORIGINAL_HOLDOUT || recent === undefined || gained === undefined || !(gained.low > 0))
    return undefined;
  return { recent, gained };
}

/** Worse on the original hold-out and clearly better on the recent rows: the way out, if that is so in reality. */
function changedRelation(report: ValidationReport, dataset: DatasetReport): string {
  const found = gainOnRecent(report, dataset);
  if (found === undefined) return '';
  const { recent, gained } = found;
  return ` On the ${recent.rows} recent rows it is clearly better (${recent.primary.metric} ${figure(recent.primary.value)}, difference ${interval(gained)}), so the relation of inputs and target seems to have changed. If it has, retrain with --accept-shift, and the recent rows decide; if the appended rows are wrong, roll them back with \`slipway data rollback\`.`;
}
