import type { Table } from '../stages/ingest/index.ts';
import type { HeldOut, PackRequest } from '../stages/pack/index.ts';
import type { FeatureMatrix, Preparation, Task } from '../stages/prepare/index.ts';
import { type Link, type Predictions, predictAdditive } from '../stages/train/index.ts';
import { withRandomMade } from './random-made.ts';
import { randomModel } from './random-model.ts';
import { levelsOf, type RandomColumnKind, randomPreparation, randomTable } from './random-table.ts';
import { referenceFeatures } from './reference-features.ts';

type PackableTask = Exclude<Task, 'forecast'>;

const TASKS: Record<PackableTask, { link: Link; outputs: number; classes: string[] }> = {
  binary: { link: 'logistic', outputs: 1, classes: ['no', 'yes'] },
  multiclass: { link: 'softmax', outputs: 3, classes: ['a', 'b', 'ü ☃'] },
  regression: { link: 'identity', outputs: 1, classes: [] },
};

const KINDS: RandomColumnKind[] = ['number', 'number', 'string', 'timestamp', 'boolean', 'string'];

/** Features made of others, beside those of the columns. */
const MADE = 6;

/** A request to pack a model with random trees over random rows of every column type. */
export function packRequest(task: PackableTask, seed = 4): PackRequest {
  const { link, outputs, classes } = TASKS[task];
  const preparation = withRandomMade(randomPreparation(KINDS, task, classes), seed, MADE);
  const shape = {
    seed,
    levels: levelsOf(preparation),
    trees: 20,
    depth: 5,
    link,
    outputs,
    linearTerms: false,
  };
  const table = randomTable(preparation, 300, seed + 1);
  const model = randomModel(shape);
  const features = referenceMatrix(preparation, table);
  return {
    preparation,
    model,
    decision: { threshold: 0.4 },
    training: randomTable(preparation, 500, seed + 2),
    reference: referenceMatrix(preparation, randomTable(preparation, 10, seed + 3)),
    holdout: { table, features },
    heldOut: heldOut(table.rows, classes, predictAdditive(model, features)),
    importance: { [preparation.inputs[0]!.name]: 3, [preparation.inputs[2]!.name]: 1 },
    card: '# A model\n',
    learner: 'boosted-trees',
    metrics: { 'log-loss': 0.4 },
    primaryMetric: 'log-loss',
    lineage: { dataset: 'customers', datasetVersion: 3, manifest: 'ab'.repeat(32), run: 'run_1', seed },
    optimization: { chosen: 'as trained' },
    createdAt: '2026-11-23T03:32:04.142Z',
  };
}

/** What is kept of rows held out, the last of a dataset version, with a target that is nobody's. */
export function heldOut(rows: number, classes: string[], predictions: Predictions): HeldOut {
  return {
    dataset: { name: 'customers', version: 3, manifest: 'ab'.repeat(32), rows: 500 + rows },
    rows: Int32Array.from({ length: rows }, (_, i) => 500 + i),
    target: new Float64Array(rows),
    classes,
    predictions,
    threshold: 0.4,
    refit: { done: false, reason: 'nobody asked for it' },
  };
}

/** All features of a table, by the definitions. */
export function referenceMatrix(preparation: Preparation, table: Table): FeatureMatrix {
  const rows = Array.from({ length: table.rows }, (_, row) => referenceFeatures(preparation, table, row));
  const columns = preparation.features.map((_, feature) => Float32Array.from(rows, (row) => row[feature]!));
  return { rows: table.rows, columns, levels: Int32Array.from(levelsOf(preparation)) };
}
