import type { AdditiveModel, TrainingData } from '../model.ts';
import type { BinnedMatrix } from './boosted-trees/binned-feature.ts';
import type { TeamMemory } from './boosted-trees/thread-team.ts';
import type { SearchSpace } from './search-space.ts';

/** Parameters of a learner by name; each learner has its own typed set. */
export type LearnerParams = Readonly<Record<string, ParamValue>>;

/** A number, a switch, the name of a choice, or a number for each feature or class. */
export type ParamValue = number | boolean | string | readonly number[];

/** What learners are given: the training rows, and their binned form that tree learners share. */
export type LearnerData = TrainingData & { binned: BinnedMatrix };

export type FitContext = {
  /** Rows to learn from. */
  rows: Int32Array;
  /** Rows to stop and choose by; empty to learn for as long as the parameters say. */
  validation: Int32Array;
  seed: number;
  /** Asked between rounds; when true the fit returns the best it has. */
  shouldStop(): boolean;
  /** Share of the time that is gone, for learners whose steps depend on how many there will be. */
  spent?(): number;
  /** Where other threads meet this fit's to help, when there are any. */
  team?: TeamMemory;
  /** A model of the same data to go on from: it stays as it is, and what is learnt is added to it. */
  continueFrom?: AdditiveModel;
  /** Asked with the validation losses so far, the latest last; when true going on is a waste and the fit ends. */
  isHopeless?(curve: readonly number[]): boolean;
};

export type Fit = {
  model: AdditiveModel;
  /** Margins of the validation rows in their order, row-major. */
  validationMargins: Float64Array;
  /** Validation loss after each round or for each strength tried: what a learning curve shows. */
  curve: number[];
  /** How much each feature contributed, in a unit of the learner's own. */
  importance: Float64Array;
  /** The parameters with what the validation rows decided filled in, to fit again without them. */
  settled: LearnerParams;
  /** Whether time ran out before the fit was done. */
  cutShort: boolean;
  /** Whether it ended because `isHopeless` said so, or because its time would not have done for anything. */
  hopeless?: boolean;
};

/** A way to learn. */
export type Learner = {
  id: string;
  label: string;
  tasks: readonly TrainingData['task'][];
  defaults: LearnerParams;
  space: SearchSpace;
  /** Why a parameter cannot have that value, beyond what its default tells of its kind; undefined when it can. */
  unfit?(name: string, value: ParamValue): string | undefined;
  fit(data: LearnerData, params: LearnerParams, context: FitContext): Fit;
  /** Helps with a fit of the data that another thread leads, until it is done; blocks. Learners without it fit alone. */
  help?(data: LearnerData, team: TeamMemory): void;
  /** One set of parameters out of what each fold settled on. */
  settle(settled: readonly LearnerParams[]): LearnerParams;
  /**
   * How the models of folds become one: as their average, which is as large as all of them; merged to one as large as
   * each; or replaced by a fit on all rows, which is worth as much and costs little.
   */
  bagging: 'average' | 'merge' | 'refit';
};
