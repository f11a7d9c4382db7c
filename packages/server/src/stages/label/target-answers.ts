import { fail } from '@slipway/contract';
import type { ColumnProfile, ColumnSchema } from '../ingest/index.ts';
import { labelCell, labelReader } from './label-reader.ts';
import type { LabelQueue, LabelType } from './model.ts';

/** What a queue's answers are, and how they become labels. */
export type TargetAnswers = Pick<LabelQueue, 'target' | 'type' | 'choices' | 'consensus' | 'reading'>;

export type TargetRequest = {
  dataset: string;
  target: string;
  /** Answers that may be given; found in the column when left out. */
  choices?: readonly string[] | undefined;
  /** Whether labels are any number. */
  numbers: boolean;
};

type DescribedColumns = {
  schema: { columns: readonly ColumnSchema[]; missingWords?: readonly string[] };
  profile: { columns: readonly ColumnProfile[] };
};

/** More cannot be told apart by a person, nor shown. */
const MOST_CHOICES = 50;

/**
 * Which answers people may give: those asked for, or those that the column holds; and how several become a label. A column
 * that the dataset does not have yet needs to be told. `warnings` name choices that the column does not hold. Throws
 * `label.target-unfit` when that cannot be, or is not known.
 */
export function targetAnswers(
  request: TargetRequest,
  { schema, profile }: DescribedColumns,
): { answers: TargetAnswers; warnings: string[] } {
  const column = schema.columns.find(({ name }) => isSameName(name, request.target));
  const target = column?.name ?? request.target.trim();
  const known = profile.columns.find(({ name }) => name === column?.name);
  const unfit: Refuse = (reason, path) =>
    fail('label.target-unfit', { target, dataset: request.dataset, reason }, { path });
  if (column?.type === 'timestamp') throw unfit('it holds moments in time', 'target');
  const { type, choices } = choicesOf(request, column, known, unfit);
  const isMeasured = choices === null && (known === undefined || !holdsCodes(column, known));
  const { missingWords } = schema;
  const whole = type === 'number' && column?.integer === true;
  const reading = column && { reading: column.reading, missingWords, ...(whole && { whole }) };
  const consensus = isMeasured ? 'median' : 'majority';
  return {
    answers: { target, type, choices, consensus, reading: reading ?? null },
    warnings: request.choices === undefined ? [] : lackingChoices(target, choices ?? [], known),
  };
}

type Refuse = (reason: string, path: string) => Error;
type Choices = Pick<LabelQueue, 'type' | 'choices'>;

/** Characters of a choice, as of one that is given. A profile cuts longer texts. */
const LONGEST_CHOICE = 200;

function choicesOf(
  { numbers, choices }: TargetRequest,
  column: ColumnSchema | undefined,
  known: ColumnProfile | undefined,
  unfit: Refuse,
): Choices {
  if (numbers) {
    if (column?.type === 'string' || column?.type === 'boolean')
      throw unfit(`it holds ${WORDS[column.type]}`, 'numbers');
    return { type: 'number', choices: null };
  }
  if (choices !== undefined) return givenChoices(choices, column, unfit);
  if (column === undefined) throw unfit('the dataset has no such column, and no choices are given', 'target');
  if (column.type === 'number') return { type: 'number', choices: codesOf(column, known) };
  if (column.type === 'boolean') return { type: 'boolean', choices: ['true', 'false'] };
  const top = (known?.top ?? []).map(({ value }) => value);
  if (top.length === 0) throw unfit('it is empty, and no choices are given', 'choices');
  if ((known?.distinct ?? 0) > MOST_CHOICES)
    throw unfit(`it holds ${known!.distinct} different texts, and no choices are given`, 'choices');
  if (top.length < (known?.distinct ?? 0))
    throw unfit(
      'the profile of so wide a table does not list all of its texts, and no choices are given',
      'choices',
    );
  if (top.some((choice) => choice.length > LONGEST_CHOICE))
    throw unfit(
      `it holds texts of more than ${LONGEST_CHOICE} characters, and no choices are given`,
      'choices',
    );
  return { type: 'string', choices: top };
}

/** The choices that were asked for, each as a label of the column is kept. */
function givenChoices(given: readonly string[], column: ColumnSchema | undefined, unfit: Refuse): Choices {
  const type = column === undefined ? typeOfAll(given) : (column.type as LabelType);
  const read = labelReader({ type, classes: [], reading: column?.reading, missingWords: [] });
  const choices = given.map((choice) => {
    const found = read(choice);
    if (found.is === 'label') return found.value;
    throw unfit(`the choice "${choice}" is not one of ${WORDS[type]}`, 'choices');
  });
  return { type, choices: [...new Set(choices)] };
}

/** Choices that the column does not hold, where it is known which values it holds. */
function lackingChoices(
  target: string,
  choices: readonly string[],
  known: ColumnProfile | undefined,
): string[] {
  const top = known?.top;
  if (top === undefined || known!.distinct === 0 || known!.distinct > top.length) return [];
  const held = top.map(({ value }) => value);
  return choices
    .filter((choice) => !held.includes(choice))
    .map((choice) => {
      const near = held.find((value) => isSameName(value, choice));
      const holds = near === undefined ? held.slice(0, 10).join(', ') : `"${near}"`;
      return `The column ${target} does not hold the choice "${choice}"; it holds ${holds}.`;
    });
}

/** Whole numbers with maximum number to list values that fill half of their range and repeat, or any two numbers, are codes of classes. */
const MOST_CODES = 20;
const LEAST_ROWS_A_CODE = 10;

function holdsCodes(column: ColumnSchema | undefined, known: ColumnProfile): boolean {
  const { distinct, numeric, rows, missing } = known;
  if (column?.type !== 'number' || numeric === undefined || known.distinctApproximate) return false;
  if (distinct === 2) return true;
  const range = numeric.max - numeric.min + 1;
  const isDense = distinct <= MOST_CODES && distinct * 2 >= range;
  return column.integer === true && distinct > 2 && isDense && rows - missing >= distinct * LEAST_ROWS_A_CODE;
}

/** The values of a column of codes, where all of them are known; null where labels are any number. */
function codesOf(column: ColumnSchema, known: ColumnProfile | undefined): string[] | null {
  if (known?.numeric === undefined || !holdsCodes(column, known)) return null;
  const { min, max } = known.numeric;
  if (known.distinct === 2) return [String(min), String(max)];
  if (known.distinct !== max - min + 1) return null;
  return Array.from({ length: known.distinct }, (_, i) => String(min + i));
}

/** A label as the column's value. */
export function labelValue(type: LabelType, label: string): string | number | boolean {
  const value = labelCell({ type, classes: [] })(label);
  if (value === undefined) throw new Error(`the label ${label} is no ${type}`);
  return value;
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
  return text === 'true' || text === 'false';
}
