/** How much better a trial with more features is than the same without, by the selected loss. */
export type Comparison = {
  before: number;
  after: number;
  gain: number;
  standardError: number;
  pays: boolean;
};

/** The mean gain must be this many of its standard errors: five folds are few, and several groups are tried. */
const SIGMAS = 2;

/**
 * The loss must fall by this share at least: features cost time at each prediction, and the rows that judge them were looked
 * at when they were chosen. With a thousandth one was kept on credit default that raised the loss of rows held out.
 */
const LEAST_GAIN = 0.003;

/**
 * Whether the features pay: by paired losses on the same parts of the rows, lower being better, the gain must be beyond
 * what parts differ by chance.
 */
export function pairedComparison(without: readonly number[], withMade: readonly number[]): Comparison {
  const gains = without.map((loss, part) => loss - withMade[part]!);
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const gain = mean(gains);
  const squares = gains.reduce((sum, one) => sum + (one - gain) ** 2, 0);
  const standardError =
    gains.length > 1 ? Math.sqrt(squares / (gains.length - 1) / gains.length) : Number.POSITIVE_INFINITY;
  const before = mean(without);
  const pays = gain > SIGMAS * standardError && gain > LEAST_GAIN * Math.abs(before);
  return { before, after: mean(withMade), gain, standardError, pays };
}
