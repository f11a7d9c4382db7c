// Property tests draw new examples on every run at a desk; in CI the draw is fixed, so that a red build is about the
// change. SLIPWAY_TEST_SEED draws a failing run again.
import { configureGlobal } from 'fast-check';

const CI_SEED = 20_261_123;
const asked = process.env.SLIPWAY_TEST_SEED;
const seed = asked === undefined ? (process.env.CI ? CI_SEED : undefined) : Number(asked);

if (seed !== undefined) configureGlobal({ seed });
