import type { Table } from '../ingest/index.ts';
import { byVocabulary, type Preparation, termsOf } from '../prepare/index.ts';
import type { TrainingData } from './model.ts';

/** Terms of all texts and rows at most, of eight bytes each. */
const MOST_TERMS = 40_000_000;

/** Rows that tell how many terms there will be. */
const PROBED_ROWS = 500;

/**
 * The terms of the text columns of training rows, where there are any, and which features were made of them. Of texts
 * so many that their terms would not fit, the features are all there is.
 */
export function textsOf(
  { features }: Pick<Preparation, 'features'>,
  table: Table,
  most = MOST_TERMS,
): Pick<TrainingData, 'texts'> {
  const groups = byVocabulary(features);
  if (groups.length === 0) return {};
  const vocabularies = groups.map(({ features: [first] }) => first!.vocabulary);
  const stride = Math.max(1, table.rows / PROBED_ROWS);
  const probed = Int32Array.from({ length: Math.min(PROBED_ROWS, table.rows) }, (_, i) =>
    Math.floor(i * stride),
  );
  const found = vocabularies.map((vocabulary) => termsOf(vocabulary, table, probed));
  const expected = found.reduce((sum, { terms }) => sum + terms.length, 0) * stride;
  const fits = expected <= most;
  return {
    texts: {
      terms: fits ? vocabularies.map((vocabulary) => termsOf(vocabulary, table)) : [],
      features: groups.flatMap(({ places }) => places),
    },
  };
}
