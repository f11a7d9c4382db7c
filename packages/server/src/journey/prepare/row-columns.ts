import { MISSING_WORDS, type TableSchema } from '../ingest/index.ts';
import type { InputColumn, OtherColumn, Preparation, RowColumns } from './model.ts';

type Kept = Pick<Preparation, 'inputs' | 'target' | 'others' | 'missingWords'> &
  Partial<Pick<Preparation, 'dropped'>>;

/**
 * What a row may hold, as a bundle tells it. Bundles from before the other columns were kept tell the target and what was
 * left out, not their types.
 */
export function rowColumnsOf({ inputs, target, others, dropped = [], missingWords }: Kept): RowColumns {
  return {
    inputs,
    others: others ?? [target, ...dropped.map(({ name }) => name)].map((name) => ({ name, type: 'string' })),
    missingWords: missingWords ?? MISSING_WORDS,
  };
}

/** The columns of a dataset that are none of the inputs, and its missing-value words, as a bundle keeps them. */
export function otherColumnsOf(
  schema: TableSchema,
  inputs: readonly InputColumn[],
): { others: OtherColumn[]; missingWords?: string[] } {
  const taken = new Set(inputs.map(({ name }) => name));
  const others = schema.columns
    .filter(({ name }) => !taken.has(name))
    .map(({ name, type, reading }): OtherColumn => ({ name, type, ...(reading && { reading }) }));
  return { others, ...(schema.missingWords && { missingWords: schema.missingWords }) };
}
