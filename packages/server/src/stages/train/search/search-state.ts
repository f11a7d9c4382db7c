import {
  type Fold,
  foldCount,
  forwardFolds,
  groupFolds,
  sampledFold,
  stratifiedFolds,
  wholeFold,
} from '../folds.ts';
import { binFeatures } from '../learners/boosted-trees/index.ts';
import type { LearnerData } from '../learners/index.ts';
import type { TrainingData } from '../model.ts';
import { type Objective, outputsOf } from '../objectives/index.ts';
import { fitTargetUnits, inUnits, type TargetUnits } from '../target-units.ts';
import { objectiveOfSearch, weightsForMetric } from './follow-metric.ts';
import type { SearchConfiguration } from './search-configuration.ts';
import { type Selection, usualSelection } from './selection.ts';

/** What every step of a search looks at. */
export type SearchState = {
  data: LearnerData;
  objective: Objective;
  selection: Selection;
  /** The units that the target of `data`, and so every margin, is in; null when they are its own. */
  units: TargetUnits | null;
  outputs: number;
  seed: number;
  /** Whether rows are in time order, so that the past may not be judged by the future. */
  forward: boolean;
  /** The folds to judge by, after them the one with all rows, and where rows are many a sample of the first. */
  folds: Fold[];
  /** Index of the fold with all rows. */
  whole: number;
  /** Index of the sampled fold; null where rows are few. */
  sampled: number | null;
};

export type StateOptions = {
  seed: number;
  forward?: boolean;
  /** Group of each row; folds never part a group. */
  groups?: Int32Array | undefined;
  selection?: Selection | undefined;
  goal?: SearchConfiguration;
  /** How many folds, and the units of the target, where a search has decided them; else they are found in the data. */
  decided?: { folds: number; units: TargetUnits | null };
};

/** Rows of the first fold from which a look at a part of them is worth a rung of its own. */
const MANY_ROWS = 12_000;

export function searchState(own: TrainingData, options: StateOptions): SearchState {
  const { seed, forward = false, groups, goal = {} } = options;
  const rows = own.features.rows;
  const selection = options.selection ?? usualSelection(own.task);
  const objective = objectiveOfSearch(own.task, selection, goal);
  const weights = weightsForMetric(own, selection);
  const units = options.decided === undefined ? unitsFor(own, objective, goal) : options.decided.units;
  const data = units === null ? own : { ...own, target: inUnits(own.target, units) };
  const folds = foldsOf(data, options);
  const count = folds.length;
  const many = folds[0]!.train.length >= MANY_ROWS;
  return {
    data: { ...data, ...(weights && { weights }), binned: binFeatures(data.features) },
    objective,
    selection,
    units,
    outputs: outputsOf(data),
    seed,
    forward: forward && groups === undefined,
    folds: [...folds, wholeFold(rows), ...(many ? [sampledFold(folds[0]!)] : [])],
    whole: count,
    sampled: many ? count + 1 : null,
  };
}

/** Parameters that are in the target's units: told ones mean what they say. */
const IN_UNITS_OF_TARGET = ['huberDelta', 'maxDelta', 'l1', 'minGain'];

/** Objectives that are searched may have other links, whose targets stay as they are. */
function unitsFor(
  { task, target }: TrainingData,
  { link }: Objective,
  goal: SearchConfiguration,
): TargetUnits | null {
  const { params = {}, space = {} } = goal;
  if (task !== 'regression' || link !== 'identity' || 'objective' in space) return null;
  const keepScale = IN_UNITS_OF_TARGET.some(
    (name) => Object.hasOwn(params, name) || Object.hasOwn(space, name),
  );
  return fitTargetUnits(target, { keepScale: keepScale || params.objective === 'huber' });
}

function foldsOf(data: TrainingData, { seed, forward, groups, decided }: StateOptions): Fold[] {
  const count = decided?.folds ?? foldCount(data, groups);
  if (groups !== undefined) return groupFolds(data, groups, count, seed);
  return forward ? forwardFolds(data.features.rows, count) : stratifiedFolds(data.target, count, seed);
}
