import type { DatasetReport, ReliabilityBin } from '../model.ts';
import type { Decide } from './decide.ts';
import { figure } from './figures.ts';

/** One-sided 95 %. */
const Z_ONE_SIDED = 1.6448536269514722;
/** Mean and variance of the size of a standard normal number. */
const [MEAN_SIZE, VARIANCE_OF_SIZE] = [Math.sqrt(2 / Math.PI), 1 - 2 / Math.PI];

/**
 * Probabilities mean what they say. Of binary models the allowed error follows the base rate (`shareOfBaseRate` of the rarer class's
 * share, never more than `value`): 0.15 would let through anything at 1 % positives. An error that exact probabilities would show
 * too, on so many rows, never closes the gate. On fewer than `minRows` rows it is not judged.
 */
export const maxCalibrationError: Decide<'max-calibration-error'> = (gate, dataset) => {
  const { value, minRows } = gate;
  const observed = dataset.metrics.ece ?? null;
  if (observed === null) {
    return { passed: true, observed, threshold: value, says: 'There are no probabilities to be calibrated.' };
  }
  if (dataset.rows < minRows) {
    const says = `Calibration is not evaluated on ${dataset.rows} rows; it takes ${minRows}.`;
    return { passed: true, observed, threshold: value, says };
  }
  const asked = limitOf(gate, dataset);
  const byChance = errorByChance(dataset.classification?.reliability ?? []);
  const threshold = Math.max(asked.limit, byChance);
  const reason =
    threshold > asked.limit
      ? `what exact probabilities show by chance on ${dataset.rows.toLocaleString('en')} rows`
      : asked.reason;
  const says = `Stated probabilities are off by ${figure(observed)} on average; at most ${figure(threshold)} is allowed${reason && `, ${reason}`}.${expectedSays(dataset)}`;
  return { passed: observed <= threshold, observed, threshold, says };
};

function limitOf(
  { value, shareOfBaseRate }: { value: number; shareOfBaseRate?: number },
  dataset: DatasetReport,
): { limit: number; reason: string } {
  const rate = baseRate(dataset);
  if (shareOfBaseRate === undefined || rate === undefined) return { limit: value, reason: '' };
  const limit = shareOfBaseRate * Math.min(rate, 1 - rate);
  if (limit >= value) return { limit: value, reason: '' };
  return {
    limit,
    reason: `${figure(shareOfBaseRate)} of the rarer class's share of ${percent(Math.min(rate, 1 - rate))}`,
  };
}

/** Share of the positive rows; undefined where there are not two classes. */
function baseRate({ classification }: DatasetReport): number | undefined {
  const counts = classification?.confusion.counts;
  if (counts?.length !== 2) return undefined;
  const [negatives, positives] = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return positives! / (negatives! + positives!);
}

/** The calibration error that exact probabilities stay below in 95 of 100 samples of so many rows, by normal approximation of each bin. */
function errorByChance(bins: readonly ReliabilityBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  let [mean, variance] = [0, 0];
  for (const { rows: own, stated } of bins) {
    const spread = (own / rows) * Math.sqrt((stated * (1 - stated)) / own);
    mean += MEAN_SIZE * spread;
    variance += VARIANCE_OF_SIZE * spread ** 2;
  }
  return bins.length === 0 ? 0 : mean + Z_ONE_SIDED * Math.sqrt(variance);
}

/** How many positives were expected and came, of two classes. */
function expectedSays(dataset: DatasetReport): string {
  const rate = baseRate(dataset);
  if (rate === undefined) return '';
  const bins = dataset.classification!.reliability;
  const stated = bins.reduce((sum, bin) => sum + bin.rows * bin.stated, 0) / dataset.rows;
  return ` Mean stated ${percent(stated)}, observed ${percent(rate)}.`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
