import { chiSquare } from './chi-square.ts';
import type { DriftTest } from './drift-test.ts';
import { earlierShare } from './earlier-share.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { meanShift } from './mean-shift.ts';
import { missingShare } from './missing-share.ts';
import { psi } from './psi.ts';
import { unseenShare } from './unseen-share.ts';
import { wasserstein } from './wasserstein.ts';

/** Every drift test there is; a new one is one file and one line here. */
export const DRIFT_TESTS: readonly DriftTest[] = [
  psi,
  kolmogorovSmirnov,
  wasserstein,
  meanShift,
  jensenShannon,
  chiSquare,
  missingShare,
  unseenShare,
  earlierShare,
];

export type { Contrast, DriftTest, Finding, Moments, Sample } from './drift-test.ts';
