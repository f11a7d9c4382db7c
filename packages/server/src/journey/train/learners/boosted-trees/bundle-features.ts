import { type BinnedFeature, type Bundle, type BundleMember, binCount, emptyBins } from './binned-feature.ts';

/** Features off their usual bin in more rows than this hardly ever exclude others. */
const MOST_UNUSUAL = 0.2;

/** Bundles that a feature is tried to fit into before it gets one of its own. */
const TRIES = 20;

/**
 * Bundles features that exclude one another in every row (Ke et al. 2017, without allowing conflicts, so that models
 * are the same with and without). Features that fit in no bundle are not among the result.
 */
export function bundleFeatures(features: readonly BinnedFeature[], rows: number): Bundle[] {
  const open: Bundle[] = [];
  features.forEach((feature, f) => {
    const usual = usualBin(feature);
    if (binCount(feature) < 2 || usual.unusualRows > MOST_UNUSUAL * rows) return;
    const others = binCount(feature) - 1;
    const fits = open
      .slice(-TRIES)
      .find((bundle) => bundle.binCount + others <= 256 && excludes(bundle, feature, usual.bin));
    const bundle = fits ?? { bins: emptyBins(rows), binCount: 1, members: [] };
    if (!fits) open.push(bundle);
    join(bundle, feature, f, usual.bin);
  });
  return open.filter(({ members }) => members.length > 1);
}

function usualBin(feature: BinnedFeature): { bin: number; unusualRows: number } {
  const counts = new Int32Array(256);
  for (const bin of feature.bins) counts[bin]! += 1;
  const most = Math.max(...counts);
  return { bin: counts.indexOf(most), unusualRows: feature.bins.length - most };
}

function excludes(bundle: Bundle, { bins }: BinnedFeature, usual: number): boolean {
  for (let row = 0; row < bins.length; row++) if (bins[row] !== usual && bundle.bins[row] !== 0) return false;
  return true;
}

function join(bundle: Bundle, feature: BinnedFeature, f: number, usual: number): void {
  const member = { feature: f, first: bundle.binCount, usualBin: usual };
  for (let row = 0; row < feature.bins.length; row++) {
    const bin = feature.bins[row]!;
    if (bin !== usual) bundle.bins[row] = bundleBin(member, bin);
  }
  bundle.members.push(member);
  bundle.binCount += binCount(feature) - 1;
}

/** The bundle's bin for a bin of the member that is not its usual one. */
export function bundleBin({ first, usualBin }: BundleMember, bin: number): number {
  return first + bin - (bin > usualBin ? 1 : 0);
}
