import { fail, ownValue } from '@slipway/contract';
import type { Column, RowRange, Table } from '../../stages/ingest/index.ts';
import {
  type Dimension,
  type ElementType,
  encodeValues,
  type ModelProcess,
  type Nested,
  predictionsOfTensors,
  sizeOf,
  type Tensor,
  type TensorManifest,
  type TensorPrediction,
  type TensorSpec,
} from '../../stages/pack/index.ts';
import type { InputColumn } from '../../stages/prepare/index.ts';
import { cellValue } from '../jobs/cells.ts';
import { isLong, type LongType, longInteger } from '../jobs/long-integers.ts';
import {
  classAnswer,
  numberColumn,
  PREDICTION,
  probabilityOf,
  storedAs,
  textColumn,
} from './answer-columns.ts';
import type { AnswerColumn, BatchPredictor } from './model.ts';
import { checkWhole, MOST_WHOLE_ROWS } from './whole-request.ts';

const PART_ROWS = 20_000;
/** Rows of one run: enough to spread its cost, few enough to end in time. Rows that may depend on each other are one run. */
const RUN_ROWS = 1000;
/** More numbers a row than that are no columns of a table. */
const MOST_VALUES = 1000;

export type TensorModel = {
  /** Of the model, for failures. */
  name: string;
  manifest: TensorManifest;
  /** Why rows must not be run apart; undefined where they may. */
  whole: string | undefined;
  /** Starts the process that runs it. */
  start: () => Promise<ModelProcess>;
  runTimeoutMs: number;
};

/**
 * Predicts with a model that was made elsewhere, in a process of its own: each of its tensors is a column, or, where it has
 * several values a row, so many columns, `x_0`, `x_1`, … Throws `predict.takes-tensors` where that cannot be. Predicting throws
 * `predict.rows-dependent` for more rows than one run takes, where they must not be run apart.
 */
export async function tensorPredictor(model: TensorModel): Promise<BatchPredictor> {
  const { manifest, name, whole } = model;
  const inputs = manifest.inputs.flatMap((spec) => inputColumns(spec, name));
  const columns = answerColumns(manifest, name);
  const process = await model.start();
  return {
    inputs,
    longs: longInputs(manifest, name),
    answers: columns.map(({ of: _, ...column }) => column),
    partRows: whole === undefined ? PART_ROWS : MOST_WHOLE_ROWS,
    whole,
    async predict(table, from) {
      if (whole !== undefined) checkWhole(name, table.rows, whole, from > 0 ? 2 : 1);
      const runRows = whole === undefined ? RUN_ROWS : Math.max(1, table.rows);
      const predictions: TensorPrediction[] = [];
      for (let row = 0; row < table.rows; row += runRows) {
        const range = { from: row, to: Math.min(table.rows, row + runRows) };
        const tensors = manifest.inputs.map((spec) =>
          tensorOf(spec, table, range, columnNames(spec, spec.name, name), from),
        );
        const given = tensors.map(({ bytes, ...tensor }) => ({ ...tensor, parts: [bytes] }));
        const outputs = await process.run(given, model.runTimeoutMs);
        predictions.push(...predictionsOfTensors(outputs, range.to - range.from, manifest));
      }
      return { rows: table.rows, columns: columns.map((column) => filled(column, predictions)) };
    },
    close: () => process.kill(),
  };
}

function inputColumns(spec: TensorSpec, model: string): InputColumn[] {
  // 64-bit whole numbers are read as text, which keeps their digits.
  const type = isLong(spec.type) ? 'string' : (COLUMN_TYPE[spec.type] ?? 'number');
  return columnNames(spec, spec.name, model).map((name) => ({
    name,
    type,
    nullable: spec.type.startsWith('float'),
  }));
}

function longInputs({ inputs }: TensorManifest, model: string): Map<string, LongType> {
  return new Map(
    inputs.flatMap((spec) => {
      const { type } = spec;
      return isLong(type) ? columnNames(spec, spec.name, model).map((name) => [name, type] as const) : [];
    }),
  );
}

/** Throws `predict.takes-tensors` unless the tensor has rows of a fixed shape, of few enough values. */
function columnNames({ shape }: TensorSpec, name: string, model: string): string[] {
  const size = typeof shape?.[0] === 'string' ? rowSize(shape) : undefined;
  if (size === undefined || size > MOST_VALUES) throw fail('predict.takes-tensors', { name: model });
  return size === 1 ? [name] : Array.from({ length: size }, (_, k) => `${name}_${k}`);
}

/** Values in a row of the shape; undefined where that is not fixed. */
function rowSize(shape: readonly Dimension[]): number | undefined {
  const inner = shape.slice(1);
  return inner.every((axis) => typeof axis === 'number') ? sizeOf(inner as number[]) : undefined;
}

type TensorAnswer = AnswerColumn & { of: (prediction: TensorPrediction) => unknown };

/** What is told of each row: the class and its shares, or the one number, and every other output of few numbers. */
function answerColumns(manifest: TensorManifest, model: string): TensorAnswer[] {
  const { classes, label, outputs } = manifest;
  if (classes.length > 0) {
    const shares = classes.map((label): TensorAnswer => {
      return {
        name: probabilityOf(label),
        type: 'number',
        of: ({ probabilities }) => ownValue(probabilities, label),
      };
    });
    return [{ ...classAnswer(manifest.classType ?? 'string'), of: ({ value }) => value }, ...shares];
  }
  const main = outputs.find(({ name }) => name === label) ?? outputs[0];
  const ordered = outputs.toSorted((one, other) => Number(other === main) - Number(one === main));
  return ordered.flatMap((spec) => {
    const names = columnNames(spec, spec === main ? PREDICTION : spec.name, model);
    const inner = spec.shape!.slice(1) as number[];
    const { type } = spec;
    const whole = isLong(type) ? { whole: type } : {};
    const stored = isLong(type) ? 'string' : (COLUMN_TYPE[type] ?? 'number');
    return storedAs(names, stored).map((column, k): TensorAnswer => {
      const of = (prediction: TensorPrediction) => valueAt(ownValue(prediction.outputs, spec.name), inner, k);
      return { ...column, ...whole, of };
    });
  });
}

/** The k-th number of nested lists of the shape. */
function valueAt(nested: Nested | undefined, shape: readonly number[], k: number): unknown {
  let value = nested;
  let rest = k;
  for (const [axis] of shape.entries()) {
    const each = sizeOf(shape.slice(axis + 1));
    value = (value as readonly Nested[])[Math.floor(rest / each)];
    rest %= each;
  }
  return value;
}

const COLUMN_TYPE: Partial<Record<ElementType, 'string' | 'boolean'>> = { string: 'string', bool: 'boolean' };

function filled({ name, type, of }: TensorAnswer, predictions: readonly TensorPrediction[]): Column {
  const values = predictions.map(of);
  if (type === 'string')
    return textColumn(
      name,
      values.map((value) => (value == null ? null : String(value))),
    );
  const numbers = Float64Array.from(values, (value) => (value == null ? Number.NaN : Number(value)));
  return { ...numberColumn(name, numbers), type: type === 'boolean' ? 'boolean' : 'number' } as Column;
}

/** The columns of a tensor, some of their rows, as the model takes them. Missing is not a number, or no text. */
function tensorOf(
  spec: TensorSpec,
  table: Table,
  { from, to }: RowRange,
  names: readonly string[],
  first: number,
): Tensor {
  const { name, type, shape } = spec;
  const columns = names.map((one) => table.columns.find((column) => column.name === one));
  const values = Array.from({ length: (to - from) * names.length }, (_, i) => {
    const column = columns[i % names.length];
    const row = from + Math.floor(i / names.length);
    const value = column === undefined ? null : cellValue(column, row);
    if (isLong(type) && value !== null)
      return longInteger(String(value), { type, path: `rows[${first + row}].${names[i % names.length]!}` });
    return value === null && type === 'string' ? '' : value;
  });
  const bytes = encodeValues(type, values, `${name} of the rows from ${first + from} on, values`);
  return { name, type, shape: [to - from, ...(shape!.slice(1) as number[])], bytes };
}
