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
import type { ColumnReference, Decision, ReferenceProfile } from '../model.ts';
import { categoryReference } from './category-reference.ts';
import { numberReference } from './number-reference.ts';

export type ProfileRequest = {
  preparation: Preparation;
  decision: Decision;
  /** The raw training rows. */
  table: Table;
  /** What the model predicts on the hold-out. */
  scores: Predictions;
  /** Importance of input columns by name, on any scale. */
  importance: Record<string, number>;
};

/** The reference that drift is measured against: the inputs as trained on, the scores as on the hold-out. */
export function buildReferenceProfile(request: ProfileRequest): ReferenceProfile {
  const { preparation, table } = request;
  const words = new Map(preparation.features.filter(isText).map((spec) => [spec.column, spec.vocabulary]));
  return {
    format: 1,
    rows: table.rows,
    columns: preparation.inputs.map((input) => columnReference(input, table, words.get(input.name))),
    ...scoreReference(request),
  };
}

/** What of the reference is the model's rather than the data's. */
export function scoreReference(
  request: Omit<ProfileRequest, 'table'>,
): Pick<ReferenceProfile, 'score' | 'importance' | 'classShares'> {
  const { preparation } = request;
  const reference = {
    score: numberReference(scoreValues(request)),
    importance: shares(preparation.inputs, request.importance),
  };
  return preparation.classes.length > 0 ? { ...reference, classShares: classShares(request) } : reference;
}

function columnReference(
  { name, type }: InputColumn,
  table: Table,
  vocabulary: KnownWords | undefined,
): ColumnReference {
  const column = columnNamed(table, name);
  if (column === undefined) throw new Error(`the training table has no column ${name}`);
  if (vocabulary !== undefined && column.type === 'string') return textReference(name, column, vocabulary);
  if (type === 'string' || type === 'boolean') return { name, type, ...categoryReference(column) };
  return { name, type, ...numberReference(column.type === 'string' ? new Float64Array(0) : column.values) };
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

/** Probability of the positive class, that of the most probable class, or the number. */
function scoreValues({ scores }: Pick<ProfileRequest, 'scores'>): Float64Array {
  if (scores.outputs === 1) return scores.values;
  return Float64Array.from({ length: scores.rows }, (_, row) =>
    Math.max(...classProbabilities(scores.values, scores.outputs, row)),
  );
}

function classShares({
  preparation,
  decision,
  scores,
}: Omit<ProfileRequest, 'table'>): Record<string, number> {
  const counts = new Array<number>(preparation.classes.length).fill(0);
  for (let row = 0; row < scores.rows; row++) {
    counts[decidedClass(classProbabilities(scores.values, scores.outputs, row), decision)]! += 1;
  }
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
