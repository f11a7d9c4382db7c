import type { Clock } from '../../../kernel/index.ts';
import type { AdditiveModel } from '../../train/index.ts';
import { allowanceOf, chooseTrial } from '../choose-trial.ts';
import { inapplicable } from '../graph/optimize-graph.ts';
import { measureVariant } from '../measure-variant.ts';
import type { Allowance, Inapplicable, Preference, QualityLimit, Trial, ValidationRows } from '../model.ts';
import { dropIdleParts } from '../passes/drop-idle-parts.ts';
import { dropParts } from '../passes/drop-parts.ts';
import { pruneSplits } from '../passes/prune-splits.ts';
import { trimRounds } from '../passes/trim-rounds.ts';
import { isWithin, type Judge, limitFrom, qualityOf } from '../quality.ts';
import { distil } from './distil.ts';
import { pruneNetworks } from './prune-network.ts';

export type TableRequest = {
  model: AdditiveModel;
  /** Rows by which it is found how far each technique may go; training rows are cautious. */
  searched: ValidationRows;
  /** Rows that a distilled model learns from. */
  taught: Pick<ValidationRows, 'features'>;
  /** Rows by which forms are compared and the best is chosen. */
  judged: ValidationRows;
  judge: Judge;
  /**
   * Of classes, where the judge looks at ranks or answers alone: the log loss, which may not grow by more than `maxLoss` of what
   * knowing nothing costs, ln(classes). A model cut short can rank as before and be unsure of everything.
   */
  guard?: { judge: Judge; classes: number } | undefined;
  maxLoss: number;
  preference: Preference;
  seed: number;
  /** Bytes of the files that a form is stored in. */
  bytesOf: (model: AdditiveModel) => number;
  progress: (share: number, says: string) => void;
};

export type CompressedTable = {
  /** The chosen one; undefined when the model stays as it is. */
  model: AdditiveModel | undefined;
  table: Trial[];
  chosen: number;
  allowance: Allowance;
};

type Site = TableRequest & {
  limits: (share: number) => QualityLimit;
  /** The blend's booster, which two techniques begin with. */
  student: () => AdditiveModel | Inapplicable;
};
type Technique = { id: string; make: (model: AdditiveModel, site: Site) => AdditiveModel | Inapplicable };

/** All forms in turn, so that none has the quiet moments to itself. */
const TIMING_ROUNDS = 4;

const NO_TREES: Inapplicable = { because: 'it has no boosted trees' };

const TECHNIQUES: readonly Technique[] = [
  { id: 'without idle parts', make: (model) => model },
  {
    id: 'fewer rounds',
    make: (model, { searched, limits }) =>
      model.trees.length === 0 ? NO_TREES : trimRounds(model, searched, limits(1)),
  },
  {
    id: 'fewer leaves',
    make: (model, { searched, limits }) =>
      model.trees.length === 0 ? NO_TREES : pruneSplits(model, searched, limits(1)),
  },
  { id: 'fewer rounds and leaves', make: fewerOfAll },
  {
    id: 'fewer parts',
    make: (model, { searched, limits }) =>
      model.parts.length === 0
        ? { because: 'it has no parts besides its sums (forests, networks, neighbours)' }
        : dropParts(model, searched, limits(1)),
  },
  {
    id: 'fewer hidden units',
    make: (model, { searched, limits }) =>
      pruneNetworks(model, (lighter) => isWithin(limits(1), qualityOf(lighter, searched, limits(1)))),
  },
  { id: 'distilled into one booster', make: (_model, { student }) => student() },
  {
    id: 'distilled, fewer rounds and leaves',
    make: (_model, site) => {
      const student = site.student();
      return 'because' in student ? student : fewerOfAll(student, site);
    },
  },
];

/** What is done to graphs of networks, and why not here. */
const OF_GRAPHS = ['float16', 'int8 dynamic', 'int8 static'];
const NOT_OF_TABLES =
  'models of tables answer from the flat engine, whose float32 answers are those of their graph row by row; int8 or float16 would part the two';

/**
 * Tries on a model that was trained here what may make it smaller or faster, compiles and runs each result, and chooses the one
 * that costs least of those whose quality on the judged rows stays within the limit.
 */
export function optimizeTable(request: TableRequest, clock: Clock): CompressedTable {
  const { model, judge, searched, judged, maxLoss, preference, progress } = request;
  const direction = judge.metric.direction === 'higher';
  const limits = limitsOn(request, searched);
  const student = once(() => distil(model, request.taught, request.seed, clock));
  const site = { ...request, limits, student };
  const before = measured('as it is', 'what there was', model, request, clock);
  const allowance = allowanceOf(
    { name: judge.metric.id, higherIsBetter: direction },
    qualityOf(model, judged, judge),
    maxLoss,
  );
  const trials: Trial[] = [{ ...before, outcome: 'before' }];
  const models: (AdditiveModel | undefined)[] = [model];
  for (const [at, { id, make }] of TECHNIQUES.entries()) {
    progress((at + 1) / (TECHNIQUES.length + 1), id);
    const made = make(model, site);
    const isMade = !('because' in made);
    const lighter = isMade ? dropIdleParts(made) : undefined;
    trials.push(
      lighter
        ? measured(id, saysOf(lighter, model), lighter, request, clock)
        : inapplicable(id, (made as Inapplicable).because),
    );
    models.push(lighter);
  }
  for (let round = 0; round < TIMING_ROUNDS; round++)
    for (const [at, lighter] of models.entries())
      if (lighter !== undefined) trials[at] = timedAgain(trials[at]!, lighter, request, clock);
  const unsure = limitsOn(request, judged)(1);
  const losing = new Set<number>();
  for (const [at, lighter] of models.entries()) {
    if (request.guard === undefined || lighter === undefined || at === 0) continue;
    const value = qualityOf(lighter, judged, unsure);
    if (isWithin(unsure, value)) continue;
    losing.add(at);
    const says = `${unsure.metric.id} ${value.toPrecision(4)}, where ${unsure.worst.toPrecision(4)} is the limit`;
    trials[at] = { ...trials[at]!, says: `${trials[at]!.says}; ${says}` };
  }
  for (const id of OF_GRAPHS) trials.push(inapplicable(id, NOT_OF_TABLES));
  const { table, chosen } = chooseTrial(trials, allowance, preference, losing);
  return { model: chosen === 0 ? undefined : models[chosen], table, chosen, allowance };
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What a share of the loss allows on these rows: of the guard, where there is one, else of the judge. */
function limitsOn(
  { model, judge, guard, maxLoss }: TableRequest,
  rows: ValidationRows,
): (share: number) => QualityLimit {
  if (guard === undefined) {
    const start = qualityOf(model, rows, judge);
    return (share) => limitFrom(judge, start, maxLoss * share);
  }
  const start = qualityOf(model, rows, guard.judge);
  const nothing = Math.log(guard.classes);
  return (share) => ({ ...guard.judge, worst: start + maxLoss * share * nothing });
}

function fewerOfAll(model: AdditiveModel, { searched, limits }: Site): AdditiveModel | Inapplicable {
  if (model.trees.length === 0) return NO_TREES;
  const trimmed = trimRounds(dropParts(model, searched, limits(0.25)), searched, limits(0.5));
  return pruneSplits(trimmed, searched, limits(1));
}

function measured(
  technique: string,
  says: string,
  model: AdditiveModel,
  { judged, judge, bytesOf }: TableRequest,
  clock: Clock,
): Trial {
  const { bytes, latency, quality } = measureVariant(technique, model, judged, judge, clock);
  return {
    technique,
    outcome: 'fits',
    says,
    bytes: bytesOf(model),
    memoryBytes: bytes,
    oneRowMicroseconds: latency.oneRowMicroseconds,
    thousandRowsMicroseconds: latency.thousandRowsMicroseconds,
    quality: quality.value,
  };
}

/** The shorter times: what else the machine does, and code that is still being compiled, only ever add to them. */
function timedAgain(
  trial: Trial,
  model: AdditiveModel,
  { judged, judge }: TableRequest,
  clock: Clock,
): Trial {
  const { latency } = measureVariant(trial.technique, model, judged, judge, clock);
  const { oneRowMicroseconds, thousandRowsMicroseconds } = latency;
  return {
    ...trial,
    oneRowMicroseconds: Math.min(trial.oneRowMicroseconds!, oneRowMicroseconds),
    thousandRowsMicroseconds: Math.min(trial.thousandRowsMicroseconds!, thousandRowsMicroseconds),
  };
}

function saysOf(lighter: AdditiveModel, model: AdditiveModel): string {
  const parts = model.parts.length === 0 ? '' : `, ${lighter.parts.length} of ${model.parts.length} parts`;
  return `${lighter.trees.length} trees where there were ${model.trees.length}${parts}`;
}
