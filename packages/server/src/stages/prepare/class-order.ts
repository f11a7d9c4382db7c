import type { Column } from '../ingest/index.ts';
import type { Task } from './model.ts';
import { countKeys, textOf } from './present-values.ts';

/** Words for what a binary model is asked to find, and for the rest. */
const POSITIVE = new Set(
  'yes y true t positive pos bad churn churned fraud fraudulent default defaulted malignant died dead death deceased sick ill disease spam success won win bought purchased click clicked up high abnormal anomaly attack poisonous readmitted reoffended'.split(
    ' ',
  ),
);
const NEGATIVE = new Set(
  'no n false f negative neg good stayed retained legit legitimate genuine paid benign alive survived healthy normal none ham failure lost loss down low edible'.split(
    ' ',
  ),
);

/**
 * The classes among the rows as text, in the order of the model's outputs. Several: numbers ascending, else by code
 * point. Two: [negative, positive], where the positive one is the larger number; else a word such as yes, true, bad,
 * churned; else the one beside a word such as no, false, good; else the rarer one; else the later by code point.
 */
export function orderClasses(column: Column, rows: Int32Array, task: Task): string[] {
  if (task === 'regression' || task === 'forecast') return [];
  const counts = countClasses(column, rows);
  const classes = sortClasses([...counts.keys()]);
  if (task !== 'binary') return classes;
  const positive = positiveClass(classes, counts);
  return [...classes.filter((name) => name !== positive), positive];
}

function countClasses(column: Column, rows: Int32Array): Map<string, number> {
  const rowOf = new Map<number, number>();
  for (const row of rows) rowOf.set(column.type === 'string' ? column.codes[row]! : column.values[row]!, row);
  const counts = new Map<string, number>();
  for (const [key, count] of countKeys(column, rows)) counts.set(textOf(column, rowOf.get(key)!), count);
  return counts;
}

function sortClasses(classes: string[]): string[] {
  const numeric = classes.every(isNumeric);
  return classes.sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function positiveClass(classes: string[], counts: Map<string, number>): string {
  const [first, second] = classes as [string, string];
  if (classes.every(isNumeric)) return second;
  const isPositive = (name: string) => POSITIVE.has(name.trim().toLowerCase());
  const isNegative = (name: string) => NEGATIVE.has(name.trim().toLowerCase());
  if (isPositive(first) !== isPositive(second)) return isPositive(first) ? first : second;
  if (isNegative(first) !== isNegative(second)) return isNegative(first) ? second : first;
  if (counts.get(first) === counts.get(second)) return second;
  return counts.get(first)! < counts.get(second)! ? first : second;
}

function isNumeric(name: string): boolean {
  return name.trim() !== '' && Number.isFinite(Number(name));
}
