import { fail } from '@slipway/contract';
import { columnNamed, type Table, takeRows } from '../../stages/ingest/index.ts';
import {
  describePreparation,
  encodeFeatures,
  encodeTarget,
  type FeatureMatrix,
  fitPreparation,
  groupDuplicates,
  groupRows,
  lostClasses,
  missingWordsOf,
  type Preparation,
  resolveTarget,
  type Split,
  type SplitOptions,
  type TargetVector,
  withWordsMissing,
} from '../../stages/prepare/index.ts';
import type { CandidateInput } from '../model.ts';
import { unusedCosts } from '../start/decision-costs.ts';
import type { SetRows } from '../validation/candidate-sets.ts';
import { chosenByRecency, type RecentRows, recentRows } from './recency.ts';
import { missingWeightsIn, rowWeights } from './row-weights.ts';
import { type Growth, rowsSinceChampion } from './rows-since-champion.ts';
import { sampleSplit } from './sample-split.ts';
import { type FormerTarget, splitIncrements } from './split-increments.ts';
import type { Told } from './stage-reporter.ts';
import { rowsInMemory } from './training-memory.ts';

/** Rows of one side of the split, raw and as features, and of each its number in the dataset version, from 0. */
export type Rows = { table: Table; features: FeatureMatrix; target: TargetVector; numbers: Int32Array };

export type PreparedRows = {
  preparation: Preparation;
  split: Split;
  train: Rows;
  holdout: Rows;
  order: 'none' | 'time';
  /** Group and weight of each training row, where columns for them are told. */
  groups: Int32Array | undefined;
  weights: Float64Array | undefined;
  /**
   * Of each row of the dataset version a number that it shares with the rows that equal it, or are of its group: such rows
   * are on one side of the split. Undefined where no rows are kept together, and where there is no champion to compare with.
   */
  together: { by: 'equality' | 'group'; of: Int32Array } | undefined;
  /** What was left out of either side and why; empty when nothing was. */
  sampleSays: string;
  unlabelled: number;
  unlabelledSays: string;
  /** Why whole numbers are classes or numbers, where they may be either and no task was asked for; else empty. */
  taskSays: string;
  /** Of a retraining: what of the champion's training is kept though the rows alone say otherwise, or has no use on them, in sentences. */
  carriedOver: readonly string[];
  /** Further sets that the candidate is validated on; none when left out. */
  sets?: readonly SetRows[];
  /** What came after the champion's training; null without a champion, or when nothing did. */
  growth: Growth | null;
  /** Which training rows are used or how they weigh, in a sentence; empty when all count alike. */
  recency: string;
  /** The same of the rows of both sides of the split, for a refit; undefined when all count alike. */
  recentOfBoth: Omit<RecentRows, 'says'> | undefined;
};

/**
 * Splits the rows, samples each side where it is larger than the budget or `memoryBytes` has room for, learns the
 * preparation from the training side alone, and turns both sides into features.
 */
export async function prepareRows(
  stored: Table,
  input: CandidateInput,
  former: readonly FormerTarget[] = [],
  memoryBytes = Number.POSITIVE_INFINITY,
): Promise<Told<PreparedRows>> {
  const { schema } = input.manifest;
  const { timeColumn, dataset } = input;
  const { group, weight, allowLeakage } = input.wish ?? {};
  if (schema.columns.length < 2) throw fail('file.one-column', { file: dataset });
  const inferred = resolveTarget(stored, schema, input.target, {
    dataset,
    ...(input.task === null ? {} : { task: input.task }),
    ...(input.reading && { kept: input.reading }),
  });
  const { task, target } = inferred;
  const table = withWordsMissing(stored, missingWordsOf(schema), target);
  const identifiers = schema.columns
    .filter((column) => column.role === 'identifier')
    .map((column) => column.name);
  const asked: SplitOptions = {
    target,
    task,
    seed: input.splitSeed,
    ignore: identifiers,
    ...(timeColumn === null ? {} : { timeColumn }),
    ...(group === undefined ? {} : { groupColumn: group }),
  };
  const drawn = splitIncrements(table, input.increments, asked, former);
  const whole = checked(drawn, target);
  const byClass = task === 'binary' || task === 'multiclass';
  const aged = input.recent && { recency: input.recent, timeColumn, target, byClass, dataset };
  const recent = aged && recentRows(table, schema, whole.train, aged);
  const windowed = recent === undefined ? whole : { ...whole, train: recent.rows };
  const sample = sampleSplit(table, windowed, {
    target,
    byClass,
    columns: schema.columns.length - 1,
    budgetSeconds: input.budgetSeconds,
    mostTrainRows: rowsInMemory(input.manifest, memoryBytes),
    seed: input.splitSeed,
  });
  const { split } = sample;
  const order = timeColumn === null ? 'none' : 'time';
  const trainRows = timeColumn === null ? split.train : inTimeOrder(table, timeColumn, split.train);
  const preparation = fitPreparation(table, schema, {
    target,
    task,
    trainRows,
    exclude: input.exclude,
    ...(group !== undefined && { group }),
    ...(weight !== undefined && { weight }),
    dataset,
    ...(input.reading && { classOrder: input.reading.classes }),
    ...(allowLeakage && { allowLeakage }),
    ...(timeColumn === null ? {} : { timeColumn }),
  });
  const mayLack = input.increments.length > 1;
  const weightsSay = missingWeightsIn(table, trainRows, weight);
  const unlabelled = table.rows - whole.train.length - whole.holdout.length;
  const holdoutRows = knownTargets(table, split.holdout, preparation);
  const carriedOver = [...inferred.notes, ...notCarriedOver(input, preparation)];
  const value: PreparedRows = {
    preparation,
    split,
    train: rowsOf(table, trainRows, preparation),
    holdout: rowsOf(table, holdoutRows, preparation),
    growth: rowsSinceChampion(table, whole, {
      holdoutRows,
      trainRows,
      preparation,
      champion: input.champion,
      increments: input.increments,
      former,
    }),
    recency: recent?.says ?? '',
    recentOfBoth:
      aged && chosenByRecency(table, schema, Int32Array.from([...trainRows, ...holdoutRows]).sort(), aged),
    order,
    groups: group === undefined ? undefined : groupRows(table, trainRows, group),
    weights: rowWeights(table, trainRows, { column: weight, weightOf: recent?.weightOf, mayLack }, dataset),
    together: input.champion === null ? undefined : togetherIn(table, asked),
    sampleSays: sample.says,
    taskSays: inferred.other === undefined ? '' : inferred.reason,
    carriedOver,
    unlabelled,
    unlabelledSays:
      unlabelled === 0
        ? `Every row has a value for ${target}.`
        : `${unlabelled.toLocaleString('en')} rows without a value for ${target} were left out of training.`,
  };
  const kept = preparation.inputs.length;
  return {
    value,
    says: `${task}: ${inferred.other === undefined ? '' : `${inferred.reason} `}${kept} columns became ${preparation.features.length} features; ${preparation.dropped.length} left out. ${split.says}${[recent?.says ?? '', weightsSay, ...carriedOver].map((one) => (one === '' ? '' : ` ${one}`)).join('')}`,
    facts: {
      task,
      taskReason: inferred.reason,
      ...(inferred.other && { otherTask: inferred.other }),
      classes: preparation.classes.slice(0, 50),
      steps: describePreparation(preparation),
      dropped: preparation.dropped,
      leakage: preparation.leakage,
      split: {
        by: split.by,
        train: split.train.length,
        holdout: split.holdout.length,
        says: split.says,
        sampledFrom: sample.of,
      },
      ...(recent && { recency: recent.says }),
      ...(carriedOver.length > 0 && { carriedOver }),
    },
  };
}

/** What of the champion's training has no use on these rows, in sentences. */
function notCarriedOver({ isRetraining, reading, wish }: CandidateInput, preparation: Preparation): string[] {
  if (isRetraining !== true) return [];
  const { target, classes: known } = preparation;
  const lost = reading && lostClasses(reading, { target, known });
  const unused = unusedCosts(wish?.costs, preparation);
  return [lost, unused].filter((says) => says !== undefined);
}

/** As `splitIncrements` keeps rows together. */
function togetherIn(
  table: Table,
  { groupColumn, ignore = [], target }: SplitOptions,
): PreparedRows['together'] {
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  if (groupColumn !== undefined) return { by: 'group', of: groupRows(table, rows, groupColumn) };
  const of = groupDuplicates(table, rows, new Set([...ignore, target]));
  return of === null ? undefined : { by: 'equality', of };
}

function checked(split: Split, target: string): Split {
  if (split.holdout.length > 0 && split.train.length > 0) return split;
  throw fail(
    'target.too-few-rows',
    { rows: split.train.length + split.holdout.length, target, least: 20 },
    { path: 'target' },
  );
}

/** The rows by the time in a column, equal times in their order. */
export function inTimeOrder(table: Table, timeColumn: string, rows: Int32Array): Int32Array {
  const column = columnNamed(table, timeColumn);
  if (column === undefined || column.type === 'string') return rows;
  const { values } = column;
  const times = (row: number) => (Number.isNaN(values[row]!) ? Number.POSITIVE_INFINITY : values[row]!);
  return rows.toSorted((left, right) => times(left) - times(right) || left - right);
}

function rowsOf(table: Table, rows: Int32Array, preparation: Preparation): Rows {
  const taken = takeRows(table, rows);
  return {
    table: taken,
    features: encodeFeatures(preparation, taken),
    target: encodeTarget(preparation, taken),
    numbers: rows,
  };
}

/** A class that training never saw cannot be judged; its hold-out rows go. */
function knownTargets(table: Table, rows: Int32Array, preparation: Preparation): Int32Array {
  const target = encodeTarget(preparation, table, rows);
  return rows.filter((_, place) => !Number.isNaN(target[place]!));
}
