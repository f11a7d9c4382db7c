import type { Column } from '../../ingest/index.ts';
import { fitVocabulary } from './fit-vocabulary.ts';
import type { TextFeature } from './text-feature.ts';
import { termsOf } from './text-terms.ts';
import { findTopics } from './topics.ts';

/** Topics that a column has at most. */
const MOST_TOPICS = 32;

/** So many rows are wanted for each topic: few texts have no more to say. */
const ROWS_A_TOPIC = 20;

/** Rows that topics are learnt from at most, evenly over all; more would only take longer. */
const TOPIC_ROWS = 5_000;

/** Topics do not depend on the seed of a training, which would make two trainings hard to compare. */
const SEED = 1;

/** The features of a text column, learnt from the training rows without a look at the target; none where no word comes twice. */
export function fitText(column: Extract<Column, { type: 'string' }>, rows: Int32Array): TextFeature[] {
  const vocabulary = fitVocabulary(column, rows);
  if (vocabulary === undefined) return [];
  const sample = evenly(rows, TOPIC_ROWS);
  const terms = termsOf(vocabulary, { rows: column.codes.length, columns: [column] }, sample);
  const wanted = Math.min(MOST_TOPICS, Math.floor(rows.length / ROWS_A_TOPIC));
  const { name } = column;
  return [
    { kind: 'text', name: `${name} words`, column: name, of: 'words', weights: [], vocabulary },
    ...findTopics(terms, wanted, SEED).map((weights, i): TextFeature => {
      return { kind: 'text', name: `${name} topic ${i + 1}`, column: name, of: 'topic', weights, vocabulary };
    }),
  ];
}

function evenly(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!);
}
