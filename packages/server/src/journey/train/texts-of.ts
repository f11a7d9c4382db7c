import type { Table } from '../ingest/index.ts';
import { byVocabulary, type Preparation, termsOf } from '../prepare/index.ts';
import type { TrainingData } from './model.ts';

/** The terms of the text columns of training rows, where there are any, and which features were made of them. */
export function textsOf(
  { features }: Pick<Preparation, 'features'>,
  table: Table,
): Pick<TrainingData, 'texts'> {
  const groups = byVocabulary(features);
  if (groups.length === 0) return {};
  const terms = groups.map(({ features: [first] }) => termsOf(first!.vocabulary, table));
  const topics = features.flatMap((spec, place) =>
    spec.kind === 'text' && spec.of === 'topic' ? [place] : [],
  );
  return { texts: { terms, features: groups.flatMap(({ places }) => places), topics } };
}
