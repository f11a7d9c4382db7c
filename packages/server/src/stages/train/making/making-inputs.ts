import type { Table } from '../../ingest/index.ts';
import type { FeatureSpec } from '../../prepare/index.ts';

/** What features may be made of: the training rows as they are in the dataset, in the order of the training data. */
export type MakingInputs = {
  table: Table;
  /** The features that the training data has, in its order. */
  features: readonly FeatureSpec[];
  target: string;
  /** Of classification: the classes, in the order of the model's outputs. */
  classes: readonly string[];
};
