import { ownValue } from '@slipway/contract';
import { type Column, columnNamed, type Table } from '../../ingest/index.ts';
import {
  compileKnownWords,
  type InputColumn,
  isText,
  type KnownWords,
  type Preparation,
} from '../../prepare/index.ts';
import type { Predictions } from '../../train/index.ts';
import { classProbabilities, decidedClass } from '../answer.ts';
import type { ColumnReference, Decision, ReferenceProfile, WeekReference } from '../model.ts';
import { categoryReference } from './category-reference.ts';
import { columnTime, rowTimes } from './column-time.ts';
import { numberReference, scoresReference } from './number-reference.ts';
import { partsOfWeek } from './parts-of-week.ts';
import { partsOfNumbers, partsOfRows, weekParts, weekReference } from './week-reference.ts';

export type ProfileRequest = {
  preparation: Preparation;
  decision: Decision;
  /** The raw training rows. */
  table: Table;
  /** What the model predicts on the hold-out. */
  scores: Predictions;
  /** The raw rows of the hold-out, in the order of `scores`: they tell the parts of the week. */
  heldOut?: Table;
  /** The dataset's time column, where it has one. */
  timeColumn?: string | null;
  /** Importance of input columns by name, on any scale. */
  importance: Record<string, number>;
};

/**
 * The reference that drift is measured against: the inputs as trained on, the scores as on the hold-out; how columns go with
 * time, and what differs among the parts of the week.
 */
export function buildReferenceProfile(request: ProfileRequest): ReferenceProfile {
  const { preparation, table, timeColumn } = request;
  const words = new Map(preparation.features.filter(isText).map((spec) => [spec.column, spec.vocabulary]));
  const times = rowTimes(table, timeColumn);
  const made = preparation.inputs.map((input) => {
    const values = valuesOf(input, table);
    const vocabulary = words.get(input.name);
    const time = vocabulary === undefined ? columnTime(values, table, times, timeColumn) : undefined;
    const reference = { ...columnReference(input, values, vocabulary), ...(time && { time }) };
    return { reference, values };
  });
  const columns = made.map(({ reference }) => reference);
  const parts = weekParts(table, times, columns);
  const week = parts && weekReference(parts, made);
  const scores = scoreReference(request);
  return {
    format: 1,
    rows: table.rows,
    columns,
    ...scores,
    ...(week && { week: { ...week, ...scoreWeek(week, scores.score, request) } }),
  };
}

/** Probabilities that are nearer to one another do not differ. */
const LEAST_PROBABILITY = 0.001;

/** What of the reference is the model's rather than the data's. */
export function scoreReference(
  request: Omit<ProfileRequest, 'table'>,
): Pick<ReferenceProfile, 'score' | 'importance' | 'classShares'> {
  const { preparation } = request;
  const reference = {
    score: scoresReference(scoreValues(request), preparation.classes.length > 0 ? LEAST_PROBABILITY : 0),
    importance: shares(preparation.inputs, request.importance),
  };
  return preparation.classes.length > 0 ? { ...reference, classShares: classShares(request) } : reference;
}

/**
 * The scores of the hold-out by the parts of the week, where they or a column differ: the hold-out has fewer rows to show it.
 * Nothing where the rows are not at hand.
 */
export function scoreWeek(
  week: WeekReference,
  score: ReferenceProfile['score'],
  request: Omit<ProfileRequest, 'table'>,
): Pick<WeekReference, 'score' | 'classes'> {
  const { heldOut, preparation } = request;
  if (heldOut === undefined || heldOut.rows !== request.scores.rows) return {};
  const partOf = partsOfRows(week, heldOut);
  const size = partsOfWeek(week);
  const byPart = partsOfNumbers(score, scoreValues(request), partOf, week);
  const kept = week.columns.length > 0 || byPart.differ;
  if (!kept) return {};
  if (preparation.classes.length === 0) return { score: byPart.parts };
  const decided = decidedOf(request);
  const counts = Array.from({ length: size }, (_, part) =>
    preparation.classes.map(
      (_class, index) => decided.filter((one, row) => one === index && partOf[row] === part).length,
    ),
  );
  const classes = counts.map((own) =>
    Object.fromEntries(own.map((count, index) => [preparation.classes[index]!, count])),
  );
  return { score: byPart.parts, classes };
}

function valuesOf({ name }: InputColumn, table: Table): Column {
  const column = columnNamed(table, name);
  if (column === undefined) throw new Error(`the training table has no column ${name}`);
  return column;
}

function columnReference(
  { name, type, reading }: InputColumn,
  column: Column,
  vocabulary: KnownWords | undefined,
): ColumnReference {
  if (vocabulary !== undefined && column.type === 'string') return textReference(name, column, vocabulary);
  if (type === 'string' || type === 'boolean') return { name, type, ...categoryReference(column) };
  const unit = reading !== undefined && 'unit' in reading ? reading.unit : undefined;
  const numbers = numberReference(column.type === 'string' ? new Float64Array(0) : column.values);
  return { name, type, ...(unit && { unit }), ...numbers };
}

function textReference(
  name: string,
  { codes, dictionary }: Extract<Column, { type: 'string' }>,
  { separators, words, spellings }: KnownWords,
): ColumnReference {
  const text = { separators, words, spellings };
  const count = compileKnownWords(text);
  const counts = dictionary.map(count);
  const known = Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : counts[code]!));
  return { name, type: 'string', text, ...numberReference(known) };
}

/** Probability of the positive class, that of the answered class, or the number. */
function scoreValues({ scores, decision }: Pick<ProfileRequest, 'scores' | 'decision'>): Float64Array {
  if (scores.outputs === 1) return scores.values;
  return Float64Array.from({ length: scores.rows }, (_, row) => {
    const probabilities = classProbabilities(scores.values, scores.outputs, row);
    return probabilities[decidedClass(probabilities, decision)]!;
  });
}

function decidedOf({ decision, scores }: Omit<ProfileRequest, 'table'>): number[] {
  return Array.from({ length: scores.rows }, (_, row) =>
    decidedClass(classProbabilities(scores.values, scores.outputs, row), decision),
  );
}

function classShares(request: Omit<ProfileRequest, 'table'>): Record<string, number> {
  const { preparation, scores } = request;
  const counts = new Array<number>(preparation.classes.length).fill(0);
  for (const index of decidedOf(request)) counts[index]! += 1;
  const rows = Math.max(1, scores.rows);
  return Object.fromEntries(preparation.classes.map((name, index) => [name, counts[index]! / rows]));
}

/** Scaled to sum to 1; all equal when nothing matters. */
function shares(inputs: readonly InputColumn[], importance: Record<string, number>): Record<string, number> {
  const values = inputs.map(({ name }) => Math.max(0, ownValue(importance, name) ?? 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(
    inputs.map(({ name }, index) => [name, total > 0 ? values[index]! / total : 1 / inputs.length]),
  );
}
