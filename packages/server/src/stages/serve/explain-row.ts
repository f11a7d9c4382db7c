import { fail } from '@slipway/contract';
import type { EngineFile } from '../pack/index.ts';
import { columnsOf, compileEncoder, type FeatureMatrix, levelCount, rowColumnsOf } from '../prepare/index.ts';
import type { AdditiveModel } from '../train/index.ts';
import { compileMarginExplainer } from '../validate/index.ts';
import type { Explanation, Prediction } from './model.ts';
import { type Cell, compileRowReader } from './read-row.ts';

export type RowExplainer = (row: unknown, index: number, prediction: Prediction) => Explanation;

const SCALES: Record<AdditiveModel['link'], Explanation['scale']> = {
  identity: 'target',
  exp: 'log-target',
  logistic: 'log-odds',
  softmax: 'log-share',
};

/**
 * Compiles explanations of the answers of an engine file; owns buffers, so one serves one thread.
 *
 * @throws `predict.no-explanation` when the file has no rows to compare with
 */
export function compileRowExplainer(file: EngineFile): RowExplainer {
  const { preparation, model } = file;
  const { inputs, features, classes } = preparation;
  const readRow = compileRowReader(rowColumnsOf(preparation));
  const encode = compileEncoder(preparation);
  const explainer = compileMarginExplainer(model, referenceOf(file));
  const cells: Cell[] = inputs.map(() => null);
  const encoded = new Float32Array(features.length);
  const columns = features.map(columnsOf);

  return (row, index, { value }) => {
    readRow(row, index, cells);
    encode(cells, encoded);
    const values = explainer.explain(encoded);
    const output = model.outputs > 1 ? classes.indexOf(String(value)) : 0;
    const margin = marginOf(model.outputs, output);
    const byColumn = new Map<string, number>();
    for (const [feature, of] of columns.entries()) {
      const share = margin((k) => values[k * features.length + feature]!) / of.length;
      for (const column of of) byColumn.set(column, (byColumn.get(column) ?? 0) + share);
    }
    return {
      of: explained(file, output),
      scale: SCALES[model.link],
      expected: margin((k) => explainer.expected[k]!),
      columns: largestFirst(byColumn),
    };
  };
}

/** Adding the same to every class changes no probability, so classes are told apart from their mean. */
function marginOf(outputs: number, output: number): (of: (output: number) => number) => number {
  if (outputs === 1) return (of) => of(0);
  return (of) => {
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += of(k);
    return of(output) - sum / outputs;
  };
}

function explained({ preparation: { target, classes } }: EngineFile, output: number): string {
  if (classes.length === 0) return target;
  return classes.length === 2 ? classes[1]! : classes[output]!;
}

function largestFirst(byColumn: ReadonlyMap<string, number>): Explanation['columns'] {
  return [...byColumn]
    .map(([column, contribution]) => ({ column, contribution }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
}

function referenceOf({ reference, preparation }: EngineFile): FeatureMatrix {
  if (reference === undefined) throw fail('predict.no-explanation', {});
  return {
    rows: reference[0]?.length ?? 0,
    columns: reference.map((values) => Float32Array.from(values)),
    levels: Int32Array.from(preparation.features, levelCount),
  };
}
