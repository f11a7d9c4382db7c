import type { TimeAllowance } from '../../kernel/index.ts';
import type { FeatureMatrix, TargetVector, Task } from '../prepare/index.ts';
import type { AdditiveModel, Metric, MetricOptions } from '../train/index.ts';

/** Rows that the model was not trained on, by which lighter variants are judged. */
export type ValidationRows = { features: FeatureMatrix; target: TargetVector };

/** How variants are judged: the metric, and its worst value that is still accepted. */
export type QualityLimit = MetricOptions & { metric: Metric; worst: number };

/** One line of the table of sizes, latencies and quality. */
export type VariantMeasure = {
  variant: string;
  /** Of the flat tables that the engine holds. */
  bytes: number;
  /** Boosted trees; those of forests are in the parts. */
  trees: number;
  leaves: number;
  /** Forests, networks and sets of neighbours. */
  parts: number;
  /** Median time of the flat engine, microseconds a call. */
  latency: { oneRowMicroseconds: number; thousandRowsMicroseconds: number };
  quality: { metric: string; value: number };
};

export type Optimization = {
  model: AdditiveModel;
  /** The trained model first, then every variant that was tried. */
  table: VariantMeasure[];
  /** The variant that `model` is. */
  chosen: string;
  /** Variants that were not tried, or not to the end, since the time for it was spent. */
  untried?: string[];
  says: string;
};

export type OptimizeRequest = {
  task: Exclude<Task, 'forecast'>;
  model: AdditiveModel;
  validation: ValidationRows;
  /** What is measured; the task's primary metric when not given. */
  metric?: Metric;
  /** Of binary models, for metrics that count answers. */
  threshold?: number;
  /** Share of the metric's value that a lighter model may lose; 0.001 when not given, 0 for no worse at all. */
  maxLoss?: number;
  /** Ends the search for lighter variants with those that were made; without one all are tried. */
  time?: TimeAllowance;
};

export function leafCount(model: AdditiveModel): number {
  return model.trees.reduce((sum, tree) => sum + tree.feature.filter((feature) => feature < 0).length, 0);
}

/** A tensor under a name: values row by row, little-endian; strings each with their length (uint32) before them. */
export type NamedTensor = { name: string; type: string; shape: number[]; bytes: Uint8Array };

/** What was tried, and what became of it. */
export type Trial = {
  technique: string;
  /**
   * `before` is the model as it was; `fits` stays within the limit and another one was better; `loses` does not stay within
   * it; `gains-nothing` stays within it and is neither smaller nor faster; `inapplicable` was not run, `says` tells why.
   */
  outcome: 'before' | 'chosen' | 'fits' | 'loses' | 'gains-nothing' | 'inapplicable';
  says: string;
  /** Of the files that answer. */
  bytes: number | null;
  memoryBytes: number | null;
  oneRowMicroseconds: number | null;
  /** Null where the model takes a fixed number of rows, or a thousand are too much for it. */
  thousandRowsMicroseconds: number | null;
  quality: number | null;
};

/** What counts more: `balanced` is the geometric mean of size and time. */
export const PREFERENCES = ['balanced', 'size', 'speed'] as const;
export type Preference = (typeof PREFERENCES)[number];

/** The value of a measure of quality that is still accepted. */
export type Allowance = { metric: string; higherIsBetter: boolean; before: number; worst: number };

/** A technique that cannot be used on a model, in words that follow "because". */
export type Inapplicable = { because: string };
