import { ownValue } from '@slipway/contract';
import { OBJECTIVE_IDS } from '../../objectives/index.ts';
import { ANY, among, type Bound, each, share, within } from '../bounds.ts';
import type { ParamValue } from '../learner.ts';
import type { BoostedTreesParams } from './params.ts';

/** Every parameter that has bounds of its own; what is not here may be any number that is not negative. */
const BOUNDS: { [Name in keyof BoostedTreesParams]?: Bound } = {
  rounds: within(1, 100_000, { whole: true }),
  learningRate: (value) =>
    typeof value === 'number' && value > 0 && value <= 10 ? undefined : 'give a number above 0 and up to 10',
  leaves: within(2, 65_536, { whole: true }),
  maxDepth: within(0, 1024, { whole: true }),
  minRowsInLeaf: within(1, ANY, { whole: true }),
  featureFraction: share,
  featureFractionByNode: share,
  baggingFraction: share,
  maxOneHot: within(1, 255, { whole: true }),
  maxCategoriesInSplit: within(1, 255, { whole: true }),
  minRowsInCategoryGroup: within(1, ANY, { whole: true }),
  patience: within(1, ANY, { whole: true }),
  monotoneConstraints: each((sense) => [-1, 0, 1].includes(sense), 'each -1, 0 or 1, one for each feature'),
  objective: among(['auto', ...OBJECTIVE_IDS]),
  alpha: within(0, 1, { open: true }),
  tweediePower: within(1, 2, { open: true }),
  huberDelta: (value) => (typeof value === 'number' && value > 0 ? undefined : 'give a number above 0'),
  classWeights: each((weight) => weight >= 0, 'none negative, one for each class'),
  scalePosWeight: (value) => (typeof value === 'number' && value > 0 ? undefined : 'give a number above 0'),
};

/** Why a parameter of boosted trees cannot have that value. */
export function unfitParam(name: string, value: ParamValue): string | undefined {
  return ownValue<Bound | undefined>(BOUNDS, name)?.(value);
}
