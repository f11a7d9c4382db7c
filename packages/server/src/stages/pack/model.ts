import { type GraphMember, type GraphNode, MOST_GRAPH_NODES, type NumberUnit } from '@slipway/contract';
import type { FileForm } from '../ingest/index.ts';
import type { InputColumn, KnownWords, OtherColumn, Preparation, Task } from '../prepare/index.ts';
import type { AdditiveModel, DecisionRule, ThresholdDecision } from '../train/index.ts';
import type { TensorManifest } from './imported/model.ts';

/** `model-1.onnx`, …: the imported models of an inference graph. */
export type GraphModelFile = `model-${number}.onnx`;

export const GRAPH_MODEL_FILES = Array.from(
  { length: MOST_GRAPH_NODES },
  (_, i): GraphModelFile => `model-${i + 1}.onnx`,
);

/** The files of a bundle, DESIGN §5. */
export const BUNDLE_FILES = [
  'MLmodel',
  'slipway_mlflow.py',
  'model.onnx',
  'slipway.json',
  'profile.json',
  'trees.json',
  'forecast.json',
  'graph.json',
  'holdout.json',
  'card.md',
  'signature.json',
  ...GRAPH_MODEL_FILES,
] as const;
export type BundleFile = (typeof BUNDLE_FILES)[number];

/**
 * `trees.json`: the preparation and the additive model, all that the flat engine needs. Format 2 is written when the
 * model has parts, which readers of format 1 would leave out, format 3 when it reads texts or has features made of others,
 * format 4 when it has numbers that are centred or scaled before they are rounded, format 5 when costs decide among several classes.
 */
export type EngineFile = {
  format: 1 | 2 | 3 | 4 | 5;
  preparation: Preparation;
  model: AdditiveModel;
  decision: Decision;
  /**
   * By feature: some training rows as the model sees them, which explanations compare with. Bundles from before there
   * were explanations have none.
   */
  reference?: number[][];
};

/** How probabilities become a class; of a trained model also why. */
export type Decision = DecisionRule & Partial<ThresholdDecision>;

/** `slipway.json`: what the model is and where it comes from. */
export type BundleManifest = {
  format: 1;
  task: Task;
  target: string;
  classes: string[];
  inputs: InputColumn[];
  /** Columns of the training table that the model does not take; a row may hold them. Left out in older bundles. */
  others?: OtherColumn[];
  /** Words that mean a missing value in the dataset; the usual ones when left out. */
  missingWords?: string[];
  /** How the first file of the dataset was written, which files of rows are read by first; left out in older bundles. */
  form?: FileForm;
  decision: Decision;
  learner: string;
  metrics: Record<string, number>;
  primaryMetric: string;
  lineage: {
    dataset: string;
    datasetVersion: number;
    manifest: string;
    run: string;
    seed: number;
    /** The version that this one was compressed from. */
    from?: { model: string; version: number; bundleId: string };
  };
  optimization: unknown;
  /** A few raw rows with the answers the model must give; checked before it takes traffic. */
  golden: { rows: Record<string, string | number | boolean | null>[]; predictions: GoldenPrediction[] };
  /** Of forecasts: how to ask for one. */
  forecast?: {
    time: string;
    series: string[];
    /** Columns known in advance. */
    known: string[];
    horizon: number;
    levels: number[];
    seriesCount: number;
    /** First and last step of the first series: epoch milliseconds, or the number. */
    from: number;
    to: number;
  };
  /** Of an inference graph: the graph as declared, versions in place of aliases, and the models that take part. */
  graph?: {
    graph: GraphNode;
    members: GraphMember[];
    notes: string[];
    /** Files of the imported models that take part; left out where there are none. */
    models?: GraphModelFile[];
  };
  createdAt: string;
};

/** Of a model that takes columns, or of one that takes tensors. */
export type AnyManifest = BundleManifest | TensorManifest;

export function takesTensors<Other extends object>(
  manifest: Other | TensorManifest,
): manifest is TensorManifest {
  return 'kind' in manifest && manifest.kind === 'onnx';
}

export type GoldenPrediction = { value: string | number; probabilities?: Record<string, number> };

/**
 * `profile.json`: the reference for drift. Edges are fixed at training, so that profiles of any window merge and
 * compare bin by bin.
 */
export type ReferenceProfile = {
  format: 1;
  rows: number;
  columns: ColumnReference[];
  /** Of the hold-out predictions: probability of the positive class, that of the answered class, or the number. */
  score: NumberReference;
  /** Of classification: share of each predicted class on the hold-out. */
  classShares?: Record<string, number>;
  /** Importance of each input column for the model (sums to 1), by name; weighs alerts. */
  importance: Record<string, number>;
  /** Left out where the training data tells no weekdays, and in bundles of before it was kept. */
  week?: WeekReference;
};

export type ColumnReference = {
  name: string;
  /** Left out of a column that does not go with time, and in bundles of before it was kept. */
  time?: ColumnTime;
  /** What its text has beside the numbers, where it has. */
  unit?: NumberUnit;
} & (
  | ({ type: 'number' | 'timestamp' } & NumberReference)
  | ({ type: 'string' | 'boolean' } & CategoryReference)
  /** Of a free text: how many of its words are known, which tells of shorter texts and of other ones. */
  | ({ type: 'string'; text: KnownWords } & NumberReference)
);

/**
 * How the values of a column go with time. Those that advance never return to what training saw; those that follow a cycle of
 * so many days do, within a window that covers the cycle.
 */
export type ColumnTime =
  | { follows: 'time'; by: 'dates' | 'time-column' | 'calendar-text' | 'row-order' }
  | { follows: 'cycle'; days: 1 | 7 | 31 | 366 };

/**
 * The training data by the parts of the week, of what differs among them, so that a window is compared with the same parts. A part
 * is that of the date in `column`, from Monday (UTC), by quarters of the day where the dates have times; or the value of `column`
 * out of `values`.
 */
export type WeekReference = {
  column: string;
  values?: string[];
  /** How many parts a day has. */
  partsOfDay: 1 | 4;
  /** By name; a column that is the same in all parts is left out. */
  columns: { name: string; parts: PartReference[] }[];
  /** Of the hold-out; left out where all parts are the same. */
  score?: PartReference[];
  /** Of the hold-out: how many predictions of each class a part has. */
  classes?: Record<string, number>[];
};

/** One part of the week: counts of the bins or listed values of the reference, or of no listed one. */
export type PartReference = { counts: number[]; other: number; missing: number } & Partial<
  Pick<NumberReference, 'mean' | 'standardDeviation'>
>;

/** `counts[i]` is the number of rows in [edges[i], edges[i+1]) (the last bin closed); others are reserved bins. */
export type NumberReference = {
  edges: number[];
  counts: number[];
  below: number;
  above: number;
  missing: number;
  mean: number;
  standardDeviation: number;
  /** Values nearer to one another than this do not differ: bins are at least as wide. Left out where any difference counts. */
  resolution?: number;
};

/** Counts of the listed values (at most 50), of listed-elsewhere values (`other`), never seen (`unseen`, 0 in a reference), and missing. */
export type CategoryReference = {
  values: string[];
  counts: number[];
  other: number;
  unseen: number;
  missing: number;
  known: string[];
  /** Whether training saw more values than `known` lists. */
  partial?: true;
};
