import { ownReader } from '@slipway/contract';
import type { Column } from '../../stages/ingest/index.ts';
import type { BundleManifest, GraphFile, ImportedModelFile, ModelProcess } from '../../stages/pack/index.ts';
import { type ClassType, classValue } from '../../stages/prepare/index.ts';
import { type Engine, loadGraph, type Prediction, type TensorRun } from '../../stages/serve/index.ts';
import { ofFileRows, ofFileRowsLater } from '../jobs/file-row-failures.ts';
import {
  classAnswer,
  numberColumn,
  PREDICTION,
  probabilityOf,
  storedAs,
  textColumn,
} from './answer-columns.ts';
import type { BatchPredictor } from './model.ts';
import { rowsOfTable } from './table-rows.ts';

const PART_ROWS = 20_000;

/** Starts the process of an imported model. */
export type ImportedStarter = (
  imported: ImportedModelFile,
) => Promise<{ process: ModelProcess; run: TensorRun }>;

/** Predicts row by row with the engine that endpoints use, so that the answers are the same to the bit. */
export async function graphPredictor(
  file: GraphFile,
  manifest: BundleManifest,
  start: ImportedStarter,
): Promise<BatchPredictor> {
  const runs = new Map<string, TensorRun>();
  const processes: ModelProcess[] = [];
  const close = () => {
    for (const each of processes) each.kill();
  };
  try {
    for (const imported of file.imported ?? []) {
      const { process, run } = await start(imported);
      processes.push(process);
      runs.set(imported.bundleId, run);
    }
  } catch (error) {
    close();
    throw error;
  }
  const engine = await loadGraph(file, manifest, runs);
  const { classes, classType, inputs } = engine;
  const shares = classes.map(ownReader);
  return {
    inputs,
    answers: [
      classes.length === 0 ? { name: PREDICTION, type: 'number' } : classAnswer(classType),
      ...storedAs(classes.map(probabilityOf), 'number'),
    ],
    partRows: PART_ROWS,
    predict: async (table, from) => {
      const predictions = await predictedRows(engine, rowsOfTable(inputs, table), from);
      const values = predictions.map(({ value }) => value);
      const answer = classes.length === 0 ? numbers(values) : decided(classType, values.map(String));
      const probabilities = shares.map((share, k) =>
        numberColumn(
          probabilityOf(classes[k]!),
          Float64Array.from(predictions, (each) => share(each.probabilities ?? {}) ?? Number.NaN),
        ),
      );
      return { rows: table.rows, columns: [answer, ...probabilities] };
    },
    close,
  };
}

/** Imported models get so many rows a run: enough to spread its cost, few enough to end in time. */
const RUN_ROWS = 1000;

async function predictedRows(engine: Engine, rows: readonly unknown[], from: number): Promise<Prediction[]> {
  const { processes } = engine.graph!;
  if (processes === undefined) return ofFileRows(() => engine.predict(rows), from);
  const predictions: Prediction[] = [];
  for (let at = 0; at < rows.length; at += RUN_ROWS) {
    const part = rows.slice(at, at + RUN_ROWS);
    const answers = await ofFileRowsLater(() => processes.predict(part, { shared: false }), from + at);
    predictions.push(...answers.predictions);
  }
  return predictions;
}

function numbers(values: readonly (string | number)[]): Column {
  return numberColumn(PREDICTION, Float64Array.from(values, Number));
}

/** The column of predicted classes in the type that {@link classAnswer} gives it. */
function decided(type: ClassType, values: readonly string[]): Column {
  const column = classAnswer(type);
  if (column.type === 'string') return textColumn(PREDICTION, values);
  return {
    name: PREDICTION,
    type: column.type,
    values: Float64Array.from(values, (value) => Number(classValue(type, value))),
  };
}
