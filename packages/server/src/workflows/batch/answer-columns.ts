import { fail } from '@slipway/contract';
import type { Column, StoredColumn } from '../../stages/ingest/index.ts';
import type { ClassType } from '../../stages/prepare/index.ts';
import type { AnswerColumn } from './model.ts';

/** Names of the columns that answer, as `slipway predict` writes them. */
export const PREDICTION = 'prediction';
export const probabilityOf = (name: string): string => `probability_${name}`;
export const contributionOf = (column: string): string => `contribution_${column}`;
export const EXPECTED = 'expected';

export function numberColumn(name: string, values: Float64Array): Column {
  return { name, type: 'number', values };
}

/** Texts as a column; null is missing. */
export function textColumn(name: string, texts: readonly (string | null)[]): Column {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(texts, (text) => {
    if (text === null) return -1;
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    return code;
  });
  return { name, type: 'string', codes, dictionary: [...codeOf.keys()] };
}

/** The column of predicted classes, in their type. */
export function classAnswer(type: ClassType): AnswerColumn {
  return type === 'integer'
    ? { name: PREDICTION, type: 'string', whole: 'int64' }
    : { name: PREDICTION, type };
}

export function storedAs(names: readonly string[], type: StoredColumn['type']): StoredColumn[] {
  return names.map((name) => ({ name, type }));
}

/** What the answer at a place is called in the files of parts. */
export const placeName = (place: number): string => `a${place}`;

/**
 * Throws `request.invalid` when two answers have one name, or names that differ in case alone and the result is Parquet,
 * whose readers often tell columns apart without their case: one would pass for the other.
 */
export function rejectDuplicateColumns(answers: readonly StoredColumn[], format: 'csv' | 'parquet'): void {
  const seen = new Map<string, string>();
  for (const { name } of answers) {
    const key = format === 'csv' ? name : name.toLowerCase();
    const twin = seen.get(key);
    if (twin !== undefined) throw twins(twin, name);
    seen.set(key, name);
  }
}

function twins(one: string, other: string) {
  if (one === other) {
    const reason = `the model has two answers called ${one}, which a table cannot tell apart`;
    return fail('request.invalid', { reason }, { path: 'model' });
  }
  const reason = `the answers ${one} and ${other} differ in case alone, which Parquet cannot keep apart; ask for csv`;
  return fail('request.invalid', { reason }, { path: 'format' });
}
