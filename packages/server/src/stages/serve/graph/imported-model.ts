import { defineOwn, fail, isFailure, ownReader, ownValue } from '@slipway/contract';
import { shownValue } from '../../../kernel/index.ts';
import {
  type ElementType,
  encodeValues,
  type FedTensor,
  type ImportedMember,
  joinRows,
  predictionsOfTensors,
  sliceRows,
  type Tensor,
  type TensorManifest,
  type TensorPrediction,
} from '../../pack/index.ts';
import { classTypeOf, type InputColumn } from '../../prepare/index.ts';
import { type CellReader, compileCellReader } from '../cell-readers.ts';
import type { Prediction, RawRow } from '../model.ts';
import { pathOf } from '../read-row.ts';
import { after, inSlices } from './later.ts';
import type { NodeModel, TensorRun } from './node-model.ts';

export type ImportedModel = {
  member: ImportedMember;
  manifest: TensorManifest;
  missingWords: readonly string[];
  run: TensorRun;
};

/**
 * An imported model as the model of a node: the rows are one batch of tensors for its process.
 *
 * Throws `predict.wrong-type` for a value that the type of the tensor cannot hold, `predict.missing-column` for a missing value where
 * the type has none, `model.run-failed` for an answer that is no class of the model or no probabilities, and what running throws.
 */
export function importedModel({ member, manifest, missingWords, run }: ImportedModel): NodeModel {
  const { inputs, classes, target, others } = member;
  const feeds = member.feeds.map((feed) => compileFeed(feed, inputs, missingWords));
  const told = deciding(manifest);
  return {
    inputs,
    classes,
    classType: classTypeOf({ target, classes, ...(others && { others }) }),
    predict(rows, call) {
      if (rows.length === 0) return [];
      if (call === undefined) throw new Error('an imported model of a graph is run without its process');
      const parts: Tensor[][] = [];
      const encoded = inSlices(rows.length, call.rest, (from, to) => {
        parts.push(feeds.map((feed) => feed(rows, from, to)));
      });
      const outputs = after(encoded, () => run(parts.length === 1 ? parts[0]! : joinRows(parts), call));
      return after(outputs, (all) => {
        const predictions: Prediction[] = [];
        const kept = told === undefined ? all : all.filter(({ name }) => told.has(name));
        const decoded = inSlices(rows.length, call.rest, (from, to) => {
          const part = checkedRows(kept, rows.length, manifest, from, to);
          for (const [i, one] of part.entries())
            predictions.push(predictionOf(one, member, manifest, from + i));
        });
        return after(decoded, () => predictions);
      });
    },
  };
}

/** The outputs that decide; undefined where older bundles leave it to what the outputs are like. */
function deciding({ classes, scores, label, outputs }: TensorManifest): ReadonlySet<string> | undefined {
  if (classes.length === 0) return new Set([label ?? outputs[0]!.name]);
  if (scores === undefined) return undefined;
  return new Set(label === undefined ? [scores] : [scores, label]);
}

function checkedRows(
  outputs: readonly Tensor[],
  rows: number,
  manifest: TensorManifest,
  from: number,
  to: number,
): TensorPrediction[] {
  // Of outputs with another number of rows nothing is sliced: it is said that they are no answer for each.
  const isWhole = from === 0 && to === rows;
  const isEven = outputs.every(({ shape }) => shape[0] === rows);
  if (isWhole || !isEven) return predictionsOfTensors(outputs, rows, manifest);
  return predictionsOfTensors(sliceRows(outputs, from, to), to - from, manifest);
}

type Feed = (rows: readonly RawRow[], from: number, to: number) => Tensor;

function compileFeed(
  { spec, columns }: FedTensor,
  inputs: readonly InputColumn[],
  missingWords: readonly string[],
): Feed {
  const { name, type, shape } = spec;
  const inner = shape!.length === 1 ? [] : [columns.length];
  const cells = columns.map((column) => {
    const input = inputs.find((each) => each.name === column)!;
    return compileCell(input, type, missingWords);
  });
  return (rows, from, to) => {
    const values: unknown[] = new Array((to - from) * columns.length);
    let at = 0;
    for (let i = from; i < to; i++) for (const cell of cells) values[at++] = cell(rows[i]!, i);
    try {
      return { name, type, shape: [to - from, ...inner], bytes: encodeValues(type, values, name) };
    } catch (error) {
      if (!isFailure(error, 'request.invalid')) throw error;
      const stray = values.findIndex((value) => !isHeld(type, value));
      const column = columns[stray % columns.length]!;
      throw notHeld(type, values[stray], column, from + Math.floor(stray / columns.length));
    }
  };
}

function isHeld(type: ElementType, value: unknown): boolean {
  try {
    encodeValues(type, [value], '');
    return true;
  } catch {
    return false;
  }
}

function notHeld(type: ElementType, value: unknown, column: string, row: number): Error {
  const found = typeof value === 'string' ? 'this text' : shownValue(value);
  return fail(
    'predict.wrong-type',
    { column, expected: `value that ${type} can hold`, found },
    { path: pathOf(`rows[${row}]`, column) },
  );
}

/** The value of a column as its tensor takes it; null is missing, of floating point alone. */
type CellOf = (row: RawRow, index: number) => unknown;

function compileCell(input: InputColumn, type: ElementType, missingWords: readonly string[]): CellOf {
  const { name, nullable } = input;
  const value = ownReader(name);
  const read: CellReader = compileCellReader(input, missingWords);
  const isLong = type === 'int64' || type === 'uint64';
  return (row, index) => {
    const raw = value(row);
    // All digits of a whole number: as a number it would lose some.
    if (isLong && typeof raw === 'bigint') return raw;
    const cell = raw === undefined || raw === null ? null : read(raw);
    if (cell === null || cell === undefined) {
      if (nullable) return null;
      throw fail('predict.missing-column', { column: name }, { path: pathOf(`rows[${index}]`, name) });
    }
    if (type === 'float32' && typeof cell === 'number' && !Number.isFinite(Math.fround(cell)))
      throw notHeld(type, cell, name, index);
    return cell;
  };
}

function predictionOf(
  { value, probabilities, outputs }: TensorPrediction,
  { classes }: ImportedMember,
  { scores }: TensorManifest,
  row: number,
): Prediction {
  // What is not finite is null in the answers of an imported model; the node is the one to refuse it.
  if (classes.length === 0) {
    const number = value === null ? Number.NaN : Number(value);
    return { value: number, score: number };
  }
  if (probabilities === undefined) {
    const given = scores === undefined ? undefined : ownValue(outputs, scores);
    const isNumber = value !== null && Array.isArray(given) && !given.flat().includes(null);
    if (isNumber) throw noAnswer(row, 'its scores of the row do not sum to 1, so they are no probabilities');
    return { value: String(value), score: Number.NaN, probabilities: notNumbers(classes) };
  }
  const name = String(value);
  if (!classes.includes(name)) throw noAnswer(row, `it answered ${name}, which is none of its classes`);
  const shares: Record<string, number> = {};
  for (const each of classes) defineOwn(shares, each, ownValue(probabilities, each)!);
  const score = ownValue(shares, classes.length === 2 ? classes[1]! : name)!;
  return { value: name, score, probabilities: shares };
}

function notNumbers(classes: readonly string[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const name of classes) defineOwn(shares, name, Number.NaN);
  return shares;
}

function noAnswer(row: number, reason: string): Error {
  return fail('model.run-failed', { reason }, { path: `rows[${row}]` });
}
