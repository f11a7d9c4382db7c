import { fail } from '@slipway/contract';
import type { Column } from '../ingest/index.ts';
import type { Task } from './model.ts';
import { countKeys, keyOf, presentRows, textOf } from './present-values.ts';

/** How an earlier version reads the target, which a retraining keeps: callers rely on it. */
export type TargetReading = {
  /** Number of that version. */
  version: number;
  task: Exclude<Task, 'forecast'>;
  /** In the order of the model's outputs: of two, [negative, positive]. Empty for numbers. */
  classes: readonly string[];
};

/** What a reading makes of other rows. */
export type KeptReading = {
  /** How many classes the rows have; 0 for numbers. */
  classes: number;
  /** What a reader should know: classes that came, in sentences. */
  notes: string[];
};

const CLASSES_NAMED = 12;

/**
 * The target of other rows, read as before. Of several classes new ones are learnt and told. Throws
 * `target.changed` where the rows cannot be read so: words where there were numbers, a third class beside two, two classes left of
 * several, or fractions among classes that are whole numbers.
 */
export function keepReading(
  column: Column,
  { version, task, classes }: TargetReading,
  { target, dataset }: { target: string; dataset: string },
): KeptReading {
  const refuse = (reason: string) =>
    fail('target.changed', { target, version, task, reason, dataset }, { path: 'target' });
  if (task === 'regression') {
    if (column.type !== 'number') throw refuse('it is no column of numbers any more');
    return { classes: 0, notes: [] };
  }
  const counts = countClasses(column);
  const unknown = [...counts].filter(([name]) => !classes.includes(name));
  const strange =
    unknown.length === 0
      ? ''
      : `${several(unknown.length, 'class', 'classes')} that version ${version} does not know: ${named(unknown)}`;
  if (task === 'binary' && unknown.length > 0) throw refuse(`it has ${strange}`);
  if (task === 'multiclass' && counts.size === 2)
    throw refuse(`its rows have only two classes: ${[...counts.keys()].join(' and ')}`);
  const broken =
    column.type === 'number' && classes.every(isWhole) ? unknown.filter(([name]) => !isWhole(name)) : [];
  if (broken.length > 0)
    throw refuse(
      `its classes are whole numbers, and ${several(broken.length, 'new value is not', 'new values are not')}: ${named(broken)}`,
    );
  return { classes: counts.size, notes: strange === '' ? [] : [`${target} has ${strange}.`] };
}

/** Classes that training rows no longer have, in a sentence; undefined where there are none. */
export function lostClasses(
  { version, classes }: TargetReading,
  { target, known }: { target: string; known: readonly string[] },
): string | undefined {
  const lost = classes.filter((name) => !known.includes(name));
  if (lost.length === 0) return undefined;
  const [which, them] = lost.length === 1 ? ['class', 'it'] : ['classes', 'them'];
  return `The training rows do not have the ${which} of ${target} that version ${version} knows: ${listed(lost)}. This version never answers ${them}.`;
}

/** How many rows have each class, by its text, in the order in which they come. */
function countClasses(column: Column): Map<string, number> {
  const rows = presentRows(column, column.type === 'string' ? column.codes.length : column.values.length);
  const counts = countKeys(column, rows);
  const names = new Map<number, string>();
  for (const row of rows) {
    const key = keyOf(column, row);
    if (!names.has(key)) names.set(key, textOf(column, row));
    if (names.size === counts.size) break;
  }
  return new Map([...counts].map(([key, count]) => [names.get(key)!, count]));
}

function isWhole(name: string): boolean {
  return Number.isSafeInteger(Number(name));
}

function several(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function named(classes: readonly (readonly [string, number])[]): string {
  return listed(classes.map(([name, rows]) => `${name} (${several(rows, 'row', 'rows')})`));
}

function listed(names: readonly string[]): string {
  const more = names.length - CLASSES_NAMED;
  return more > 0
    ? `${names.slice(0, CLASSES_NAMED).join(', ')} and ${more.toLocaleString('en')} more`
    : names.join(', ');
}
