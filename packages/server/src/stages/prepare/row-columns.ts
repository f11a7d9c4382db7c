import {
  type Column,
  type FileForm,
  isMissingWord,
  MISSING_WORDS,
  type Table,
  type TableSchema,
} from '../ingest/index.ts';
import type { FeatureSpec, InputColumn, OtherColumn, Preparation, RowColumns } from './model.ts';

type Kept = Pick<Preparation, 'inputs' | 'target' | 'others' | 'missingWords'> &
  Partial<Pick<Preparation, 'dropped' | 'features'>>;

/**
 * What a row may hold, as a bundle tells it. Bundles from before the other columns were kept tell the target and what was
 * left out, not their types. A word in `used`, those that the model tells apart unless told, is no missing value.
 */
export function rowColumnsOf(kept: Kept, used?: ReadonlySet<string>): RowColumns {
  const { inputs, target, others, dropped = [] } = kept;
  return {
    inputs,
    others: others ?? [target, ...dropped.map(({ name }) => name)].map((name) => ({ name, type: 'string' })),
    missingWords: missingWordsOf(kept, used),
  };
}

/**
 * The words that mean a missing value to a model: those of its dataset, but for words that are levels of a category, which
 * datasets kept in files of JSON and Parquet once.
 */
export function missingWordsOf(
  {
    missingWords = MISSING_WORDS,
    features = [],
  }: { missingWords?: readonly string[] | undefined; features?: readonly FeatureSpec[] },
  used: ReadonlySet<string> = levelsOf(features),
): readonly string[] {
  return missingWords.filter((word) => !used.has(word));
}

function levelsOf(features: readonly FeatureSpec[]): ReadonlySet<string> {
  const levels = features.flatMap((spec) => {
    if (spec.kind === 'category') return spec.levels;
    if (spec.kind !== 'lookup' && spec.kind !== 'cross') return [];
    return spec.of.flatMap((kinds) => (kinds.kind === 'words' ? kinds.levels : []));
  });
  return new Set(levels);
}

/**
 * The table with missing-value words as missing values, for datasets of files that kept them as text. Words of the target
 * may be classes, so it stays as it is.
 */
export function withWordsMissing(table: Table, missingWords: readonly string[], target: string): Table {
  const words = new Set(missingWords);
  const columns = table.columns.map((column): Column => {
    if (column.type !== 'string' || column.name === target) return column;
    const isMissing = column.dictionary.map((text) => isMissingWord(text, words));
    if (!isMissing.includes(true)) return column;
    return { ...column, codes: column.codes.map((code) => (code >= 0 && isMissing[code] ? -1 : code)) };
  });
  return { ...table, columns };
}

/** The columns of a dataset that are none of the inputs, its missing-value words and its form, as a bundle keeps them. */
export function otherColumnsOf(
  schema: TableSchema,
  inputs: readonly InputColumn[],
): { others: OtherColumn[]; missingWords?: string[]; form?: FileForm } {
  const taken = new Set(inputs.map(({ name }) => name));
  const others = schema.columns
    .filter(({ name }) => !taken.has(name))
    .map(({ name, type, reading }): OtherColumn => ({ name, type, ...(reading && { reading }) }));
  const { missingWords, form } = schema;
  return { others, ...(missingWords && { missingWords }), ...(form && { form }) };
}
