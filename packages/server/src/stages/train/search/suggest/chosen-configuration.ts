import type { MadeFeature } from '../../../prepare/index.ts';
import { LEARNERS } from '../../learners/index.ts';
import type { TargetUnits } from '../../target-units.ts';
import type { Calibration } from '../decision/calibrate-margins.ts';
import { bagSize } from '../ensemble/bag-size.ts';
import { meanOf } from '../ensemble/mean-of.ts';
import type { Member } from '../ensemble/member.ts';
import type { SearchConfiguration } from '../search-configuration.ts';
import type { SearchState } from '../search-state.ts';
import type { Selection } from '../selection.ts';
import type { Candidate } from './candidate.ts';

/** A member of the blend: its learner, with the parameters that its folds settled on, such as the number of rounds. */
export type ChosenMember = Candidate & {
  weight: number;
  /** How many fold models are averaged; 1 for one fit on all rows. */
  fits: number;
  /** Mean wall-clock seconds of one fit on a fold. */
  seconds: number;
};

/** What a search decided, complete enough to fit the same model on other rows without any further choice. */
export type ChosenConfiguration = {
  members: ChosenMember[];
  /** Of the made features that the members see, by their numbers. */
  recipes: readonly MadeFeature[];
  calibration: Calibration | null;
  units: TargetUnits | null;
  selection: Selection;
  goal: SearchConfiguration;
  seed: number;
  /** Whether the rows are in time order. */
  forward: boolean;
  /** Folds that the rows are cut into, and the rows that one fit learnt from on average. */
  folds: number;
  rowsOfFit: number;
  /** Fits that ran at the same time. */
  concurrency: number;
};

/** The configuration of the members, whose bags have at most `mostLeaves` together. */
export function chosenConfiguration(
  { units, selection, seed, forward, folds, whole }: SearchState,
  members: readonly Member[],
  mostLeaves: number,
  decided: Pick<ChosenConfiguration, 'recipes' | 'calibration' | 'goal' | 'concurrency'>,
): ChosenConfiguration {
  const bag = bagSize(members, mostLeaves);
  return {
    ...decided,
    ...{ units, selection, seed, forward },
    members: members.map(({ trial: { candidate, fits }, weight }) => ({
      ...candidate,
      params: LEARNERS[candidate.learner].settle(fits.map((fit) => fit.settled)),
      weight,
      fits: forward || LEARNERS[candidate.learner].bagging === 'refit' ? 1 : Math.min(bag, fits.length),
      seconds: meanOf(fits.map((fit) => fit.seconds)),
    })),
    folds: whole,
    rowsOfFit: meanOf(folds.slice(0, whole).map(({ train }) => train.length)),
  };
}
