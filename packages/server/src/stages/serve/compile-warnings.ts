import type { PredictionWarning } from '@slipway/contract';
import type { ColumnReference } from '../pack/index.ts';
import type { InputColumn, Preparation } from '../prepare/index.ts';
import type { Cell } from './cell-readers.ts';

/** What of a row training never saw; undefined where it saw all of it, which is the usual case. */
export type RowWarnings = (cells: readonly Cell[], encoded: Float32Array) => PredictionWarning[] | undefined;

/** Warnings of one row at most. */
export const MOST_WARNINGS = 20;
/** A number is far outside when it is off by more than this share of the range that training saw. */
const BEYOND_RANGE = 0.5;
/** Categories that a message names, and characters of a value in it. */
const NAMED = 3;
const SHOWN = 60;
/** Bundles from before it was written down listed so many known values at most. */
const MOST_KNOWN = 10_000;

type Check = (cell: Cell, encoded: Float32Array) => PredictionWarning | undefined;

/**
 * Compiles the search for values that training never saw: a missing value in a column that had none, a category, a number
 * far outside the range, a time far before it (later ones are to be expected). Of what `seen` does not tell, nothing is
 * said: free text, columns with more categories than are kept.
 */
export function compileWarnings(
  { inputs, features }: Pick<Preparation, 'inputs' | 'features'>,
  seen: readonly ColumnReference[],
): RowWarnings {
  const references = new Map(seen.map((reference) => [reference.name, reference]));
  const checks = inputs.map((input) => compileCheck(input, references.get(input.name), features));
  return (cells, encoded) => {
    let warnings: PredictionWarning[] | undefined;
    for (let i = 0; i < checks.length; i++) {
      const warning = checks[i]!(cells[i]!, encoded);
      if (warning === undefined) continue;
      warnings ??= [];
      warnings.push(warning);
      if (warnings.length === MOST_WARNINGS) break;
    }
    return warnings;
  };
}

function compileCheck(
  { name, nullable }: InputColumn,
  reference: ColumnReference | undefined,
  features: Preparation['features'],
): Check {
  const check = reference === undefined ? undefined : valueCheck(reference, features);
  const missing: PredictionWarning | undefined = nullable
    ? undefined
    : {
        code: 'missing-not-seen',
        column: name,
        message: `${name} is missing; training saw no missing value in it.`,
      };
  if (check === undefined) return (cell) => (cell === null ? missing : undefined);
  return (cell, encoded) => (cell === null ? missing : check(cell, encoded));
}

function valueCheck(reference: ColumnReference, features: Preparation['features']): Check | undefined {
  if ('text' in reference) return undefined;
  if ('edges' in reference) return rangeCheck(reference);
  return categoryCheck(reference, features);
}

function rangeCheck({ name, type, edges }: Extract<ColumnReference, { edges: number[] }>): Check | undefined {
  const [least] = edges;
  const most = edges.at(-1);
  if (least === undefined || most === undefined) return undefined;
  const margin = BEYOND_RANGE * (most - least);
  const low = least - margin;
  const high = type === 'timestamp' ? Number.POSITIVE_INFINITY : most + margin;
  const shown = type === 'timestamp' ? shownTime : shownNumber;
  const range = `${shown(least)} to ${shown(most)}`;
  return (cell) => {
    if (typeof cell !== 'number' || (cell >= low && cell <= high)) return undefined;
    const message = `${name} is ${shown(cell)}, far outside the range of training, ${range}.`;
    return { code: 'out-of-range', column: name, message };
  };
}

/** A value that the model has a level for needs no look-up; rare ones have none, and training saw them all the same. */
function categoryCheck(
  reference: Extract<ColumnReference, { known: string[] }>,
  features: Preparation['features'],
): Check | undefined {
  const { name, known } = reference;
  if (reference.partial === true || known.length >= MOST_KNOWN) return undefined;
  const values = new Set(known);
  const feature = features.findIndex((spec) => spec.kind === 'category' && spec.column === name);
  const spec = features[feature];
  const levels = spec?.kind === 'category' ? spec.levels.length : 0;
  return (cell, encoded) => {
    if (feature >= 0 && encoded[feature]! < levels) return undefined;
    const value = String(cell);
    return values.has(value) ? undefined : unseenCategory(name, value, known);
  };
}

/** The warning of a category that is none of the `known` ones. */
export function unseenCategory(column: string, value: string, known: readonly string[]): PredictionWarning {
  const more = known.length > NAMED ? ` and ${known.length - NAMED} more` : '';
  const seen = `${known.slice(0, NAMED).map(quoted).join(', ')}${more}`;
  const message = `${column} is ${quoted(value)}, which training never saw; it saw ${seen}.`;
  return { code: 'unseen-category', column, message };
}

function quoted(value: string): string {
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
}

/** As it was sent, but for what sums of fractions leave behind: 15 digits are all that a decimal number keeps. */
function shownNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}

function shownTime(value: number): string {
  return new Date(value).toISOString();
}
