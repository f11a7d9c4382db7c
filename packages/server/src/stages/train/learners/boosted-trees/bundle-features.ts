import { type BundleMember, bundleBin } from './binned-feature.ts';

/** Bundles that a feature is tried to fit into before it gets one of its own. */
const TRIES = 20;

/** A feature that might share a column: its bins, their number, and the one that most rows have. */
export type Sparse = { feature: number; bins: Uint8Array; binCount: number; usualBin: number };

/** Features that share a column. */
export type Bundle = { bins: Uint8Array; binCount: number; members: (BundleMember & { feature: number })[] };

/**
 * Bundles features that exclude one another in every row (Ke et al. 2017, without allowing conflicts, so that models
 * are the same with and without). A feature that fits with no other is in a bundle of its own.
 */
export function bundleFeatures(sparse: readonly Sparse[], rows: number): Bundle[] {
  const bundles: Bundle[] = [];
  for (const one of sparse) {
    const fits = bundles
      .slice(-TRIES)
      .find((bundle) => bundle.binCount + one.binCount - 1 <= 256 && excludes(bundle, one));
    const bundle = fits ?? { bins: new Uint8Array(rows), binCount: 1, members: [] };
    if (!fits) bundles.push(bundle);
    join(bundle, one);
  }
  return bundles;
}

function excludes(bundle: Bundle, { bins, usualBin }: Sparse): boolean {
  for (let row = 0; row < bins.length; row++)
    if (bins[row] !== usualBin && bundle.bins[row] !== 0) return false;
  return true;
}

function join(bundle: Bundle, { feature, bins, binCount, usualBin }: Sparse): void {
  const member = { feature, first: bundle.binCount, usualBin };
  for (let row = 0; row < bins.length; row++) {
    const bin = bins[row]!;
    if (bin !== usualBin) bundle.bins[row] = bundleBin(member, bin);
  }
  bundle.members.push(member);
  bundle.binCount += binCount - 1;
}
