import { fail, ownValue } from '@slipway/contract';
import type { BundleManifest, GoldenPrediction } from '../pack/index.ts';
import type { Engine, Prediction } from './model.ts';

/**
 * Relative above 1, absolute below: engines may add the same terms in another order, and compute networks in single
 * precision. As parity was checked with when the bundle was packed.
 */
const TOLERANCE = 1e-5;

/**
 * Checks that the engine gives the golden rows their golden answers. Throws `bundle.invalid` where it does not.
 */
export function checkGolden(engine: Engine, manifest: Pick<BundleManifest, 'golden'>): void {
  checkGoldenAnswers(engine.predict(manifest.golden.rows), manifest);
}

/** As {@link checkGolden}, of what an engine answered for the golden rows. */
export function checkGoldenAnswers(
  answers: readonly Prediction[],
  manifest: Pick<BundleManifest, 'golden'>,
): void {
  const { rows, predictions } = manifest.golden;
  if (rows.length !== predictions.length) {
    throw fail('bundle.invalid', { reason: `${rows.length} golden rows, ${predictions.length} answers` });
  }
  for (const [i, expected] of predictions.entries()) {
    const answer = answers[i]!;
    if (agrees(expected, answer)) continue;
    const reason = `golden row ${i} gives ${JSON.stringify(answer.value)} instead of ${JSON.stringify(expected.value)}`;
    throw fail('bundle.invalid', { reason });
  }
}

function agrees(expected: GoldenPrediction, answer: Prediction): boolean {
  const { value, probabilities } = expected;
  if (typeof value === 'number' && typeof answer.value === 'number') return isClose(value, answer.value);
  if (value !== answer.value) return false;
  if (probabilities === undefined) return true;
  return Object.entries(probabilities).every(([name, share]) =>
    isClose(share, ownValue(answer.probabilities, name) ?? Number.NaN),
  );
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}
