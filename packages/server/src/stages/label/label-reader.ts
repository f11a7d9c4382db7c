import type { ColumnType } from '../ingest/index.ts';
import { missingNumbers, textReader } from '../ingest/index.ts';
import type { RowValue, TargetReading } from './model.ts';

/** What labels of a target are read by. */
export type LabelTarget = TargetReading & {
  type: ColumnType;
  /** The answers of the target as labels have them; empty of numbers, and where any text may be one. */
  classes: readonly string[];
};

/** A label as it is kept; that there is none; or what the target takes, where it cannot be one. */
export type LabelRead =
  | { is: 'label'; value: string; isKnown: boolean }
  | { is: 'missing' }
  | { is: 'unfit'; expected: string };

export type LabelReader = (value: RowValue) => LabelRead;

const MISSING: LabelRead = { is: 'missing' };

/**
 * Reads labels as the dataset has the target, wherever they come from (API, command line, file, labelling queue): values of
 * JSON and text mean the same.
 *
 * - A class is found by its own words, then without surrounding spaces, then without regard to case where one class alone fits.
 * - A number is read with the marks and the unit of the dataset; `1` and `1.0` are one label, and true and false are 1 and 0
 *   where no class but 0 and 1 is known.
 * - Truth is true, false, 1 or 0 in any case.
 * - A word that means a missing value in the dataset is no label, unless it is a class.
 * - What the type of the target allows and no class is, is a label of a class that the model does not know (`isKnown` is false).
 *   Of numbers without classes every label is known.
 */
export function labelReader(target: LabelTarget): LabelReader {
  const { type, classes } = target;
  const classOf = classFinder(classes);
  const read = valueReader(target);
  return (value) => {
    const own = value === null ? undefined : classOf(String(value));
    if (own !== undefined) return { is: 'label', value: own, isKnown: true };
    const found = value === null ? null : read(value);
    if (found === null) return MISSING;
    if (found === undefined) return { is: 'unfit', expected: expectedOf(target) };
    const label = type === 'string' ? String(found).trim() : String(found);
    const known = classOf(label);
    return { is: 'label', value: known ?? label, isKnown: known !== undefined || classes.length === 0 };
  };
}

/** A label that is kept, as the value of the target's column; undefined where the column cannot hold it. */
export function labelCell(target: LabelTarget): (label: string) => string | number | boolean | undefined {
  if (target.type === 'string') return (label) => label;
  const read = valueReader(target);
  return (label) => {
    // Labels are kept in JavaScript's own writing of numbers, which a dataset with decimal commas would read otherwise.
    const plain = target.type === 'number' && label.trim() !== '' ? Number(label) : Number.NaN;
    return Number.isFinite(plain) ? plain : (read(label) ?? undefined);
  };
}

/** The type of a target that no column describes, by the classes of its model. */
export function typeOfClasses(classes: readonly string[]): ColumnType {
  if (classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))) return 'number';
  return classes.every((name) => TRUTHS.has(name)) ? 'boolean' : 'string';
}

/** The value in the target's type, null where it is missing, undefined where it does not fit. */
type ValueReader = (value: Exclude<RowValue, null>) => string | number | boolean | null | undefined;

const TRUTHS = new Map([
  ['true', true],
  ['1', true],
  ['1.0', true],
  ['false', false],
  ['0', false],
  ['0.0', false],
]);

function valueReader(target: LabelTarget): ValueReader {
  const { type, missingWords } = target;
  const readText = textReader(readingOf(target), missingWords);
  if (type === 'number') return numberReader(target, readText);
  if (type === 'boolean') return (value) => truthOf(value) ?? missingOf(value, readText);
  if (type === 'string') return (value) => readText(String(value));
  return (value) => {
    const moment = typeof value === 'string' ? readText(value) : undefined;
    return typeof moment === 'number' ? new Date(moment).toISOString() : moment;
  };
}

type Text = ReturnType<typeof textReader>;

function numberReader({ classes, missingWords = [], reading }: LabelTarget, readText: Text): ValueReader {
  const missing = missingNumbers(missingWords, reading);
  const isTruth = classes.length > 0 && classes.every((name) => name === '0' || name === '1');
  return (value) => {
    if (missing.has(value as number)) return null;
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    const found = typeof value === 'string' ? readText(value) : undefined;
    if (found !== undefined || !isTruth) return found;
    const truth = truthOf(value);
    return truth === undefined ? undefined : Number(truth);
  };
}

function truthOf(value: Exclude<RowValue, null>): boolean | undefined {
  return TRUTHS.get(String(value).trim().toLowerCase());
}

function missingOf(value: Exclude<RowValue, null>, readText: Text): null | undefined {
  return typeof value === 'string' && readText(value) === null ? null : undefined;
}

function readingOf({ type, reading }: LabelTarget): Parameters<typeof textReader>[0] {
  if (reading !== undefined && reading.as === type) return reading;
  if (type === 'number') return { as: 'number', decimal: '.', thousands: '' };
  if (type === 'timestamp')
    return { as: 'timestamp', formats: ['iso', 'iso-zoned'], order: null, timeZone: 'UTC' };
  return { as: type };
}

/** The class that a text names; undefined where none does, or where several do that differ in case. */
function classFinder(classes: readonly string[]): (text: string) => string | undefined {
  const own = new Set(classes);
  const byFold = new Map<string, string | undefined>();
  for (const name of classes) byFold.set(folded(name), byFold.has(folded(name)) ? undefined : name);
  return (text) => {
    if (own.has(text)) return text;
    const bare = text.trim();
    return own.has(bare) ? bare : byFold.get(folded(text));
  };
}

function folded(text: string): string {
  return text.trim().toLowerCase();
}

const CLASSES_NAMED = 10;

function expectedOf({ type, classes }: LabelTarget): string {
  if (type === 'boolean') return 'true or false (1 and 0 are taken too)';
  if (classes.length > 0) return `one of ${classes.slice(0, CLASSES_NAMED).join(', ')}, or another ${type}`;
  if (type === 'number') return 'a number, as JSON has it or as text in the writing of the dataset';
  return `a ${type}`;
}
