import type { BundleManifest, EngineFile } from '../stages/pack/index.ts';
import type { InputColumn, Preparation } from '../stages/prepare/index.ts';
import type { Link } from '../stages/train/index.ts';

/** A model of one sum of numbers, whose answers are quickly computed by hand. */
export type LinearModel = {
  classes?: string[];
  target?: string;
  /** By output (class, or the positive one of two): a constant, and what each column adds by its number. */
  base: number[];
  weights: Record<string, number[]>;
  threshold?: number;
  /** Of several classes, by true and answered class. */
  costMatrix?: number[][];
  /** Columns that are not in {@link weights} and add nothing. */
  more?: InputColumn[];
  /** Columns that every row needs. */
  needs?: string[];
};

const LINKS: Record<number, Link> = { 0: 'identity', 2: 'logistic' };

export function linearEngineFile(given: LinearModel): EngineFile {
  const { classes = [], target = 'y', base, weights, threshold = 0.5, more = [], needs = [] } = given;
  const { costMatrix } = given;
  const inputs: InputColumn[] = [
    ...Object.keys(weights).map((name) => ({
      name,
      type: 'number' as const,
      nullable: !needs.includes(name),
    })),
    ...more,
  ];
  const preparation: Preparation = {
    task: classes.length === 0 ? 'regression' : classes.length === 2 ? 'binary' : 'multiclass',
    target,
    classes,
    inputs,
    others: [{ name: target, type: classes.length === 0 ? 'number' : 'string' }],
    features: Object.keys(weights).map((column) => ({ kind: 'number', name: column, column })),
    dropped: [],
    leakage: [],
  };
  const linear = Object.values(weights).map((own, feature) => ({
    kind: 'number' as const,
    feature,
    center: 0,
    scale: 1,
    weights: own,
    missingWeights: own.map(() => 0),
  }));
  const link = LINKS[classes.length] ?? 'softmax';
  return {
    format: 1,
    preparation,
    model: { link, outputs: base.length, base, trees: [], linear, parts: [] },
    decision: { threshold, ...(costMatrix && { costMatrix }) },
  };
}

/** What `slipway.json` of the model says. */
export function linearManifest(given: LinearModel): BundleManifest {
  const { preparation, decision } = linearEngineFile(given);
  const { task, target, classes, inputs, others } = preparation;
  return {
    format: 1,
    task,
    target,
    classes,
    inputs,
    ...(others && { others }),
    decision,
    learner: 'linear',
    metrics: {},
    primaryMetric: 'roc-auc',
    lineage: { dataset: 'd', datasetVersion: 1, manifest: '', run: '', seed: 1 },
    optimization: null,
    golden: { rows: [], predictions: [] },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}
