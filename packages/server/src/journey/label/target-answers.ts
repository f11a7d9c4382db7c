import { fail } from '@slipway/contract';
import type { ColumnProfile, ColumnSchema } from '../ingest/index.ts';
import type { LabelQueue, LabelType } from './model.ts';

/** What a queue's answers are. */
export type TargetAnswers = Pick<LabelQueue, 'target' | 'type' | 'choices'>;

export type TargetRequest = {
  dataset: string;
  target: string;
  /** Answers that may be given; found in the column when left out. */
  choices?: readonly string[] | undefined;
  /** Whether any number may be given. */
  numbers: boolean;
};

type DescribedColumns = {
  schema: { columns: readonly ColumnSchema[] };
  profile: { columns: readonly ColumnProfile[] };
};

/** More cannot be told apart by a person, nor shown. */
const MOST_CHOICES = 50;

/**
 * Which answers people may give: those asked for, or those that the column holds. A column that the dataset does not
 * have yet needs to be told. Throws `label.target-unfit` when that cannot be, or is not known.
 */
export function targetAnswers(request: TargetRequest, { schema, profile }: DescribedColumns): TargetAnswers {
  const column = schema.columns.find(({ name }) => isSameName(name, request.target));
  const target = column?.name ?? request.target.trim();
  const known = profile.columns.find(({ name }) => name === column?.name);
  const unfit = (reason: string, path: string) =>
    fail('label.target-unfit', { target, dataset: request.dataset, reason }, { path });
  if (column?.type === 'timestamp') throw unfit('it holds moments in time', 'target');
  if (request.numbers) {
    if (column !== undefined && column.type !== 'number')
      throw unfit(`it holds ${WORDS[column.type]}`, 'numbers');
    return { target, type: 'number', choices: null };
  }
  if (request.choices !== undefined) {
    const type = column?.type ?? typeOfAll(request.choices);
    const choices = [...new Set(request.choices.map((choice) => choice.trim()))];
    const odd = choices.find((choice) => !isOf(type, choice));
    if (odd !== undefined) throw unfit(`the choice "${odd}" is not one of ${WORDS[type]}`, 'choices');
    return { target, type, choices };
  }
  if (column === undefined) throw unfit('the dataset has no such column, and no choices are given', 'target');
  if (column.type === 'number') return { target, type: 'number', choices: null };
  if (column.type === 'boolean') return { target, type: 'boolean', choices: ['true', 'false'] };
  const choices = (known?.top ?? []).map(({ value }) => value);
  if (choices.length === 0) throw unfit('it is empty, and no choices are given', 'choices');
  if ((known?.distinct ?? 0) > MOST_CHOICES)
    throw unfit(`it holds ${known!.distinct} different texts, and no choices are given`, 'choices');
  return { target, type: 'string', choices };
}

/** A label as the column's value. */
export function labelValue(type: LabelType, label: string): string | number | boolean {
  if (type === 'number') return Number(label);
  return type === 'boolean' ? label === 'true' : label;
}

const WORDS: Record<LabelType, string> = { string: 'texts', number: 'numbers', boolean: 'true and false' };

/** Columns are named without regard to case everywhere. */
function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.trim().toLowerCase();
}

/** The type that a file with these values would be read as. */
function typeOfAll(choices: readonly string[]): LabelType {
  const types = ['number', 'boolean'] as const;
  return types.find((type) => choices.every((choice) => isOf(type, choice.trim()))) ?? 'string';
}

function isOf(type: LabelType, text: string): boolean {
  if (type === 'number') return text !== '' && Number.isFinite(Number(text));
  return type === 'boolean' ? text === 'true' || text === 'false' : text !== '';
}
