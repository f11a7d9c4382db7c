import { fail, type SlipwayError } from '@slipway/contract';
import type { InputColumn } from '../../journey/prepare/index.ts';
import type { RawRow, RawValue } from '../../journey/serve/index.ts';
import { DATATYPES } from './datatypes.ts';

/** An inference request as JSON gives it, checked as far as the types say. */
export type InferRequest = {
  id: string | undefined;
  rows: RawRow[];
  /** Names of the outputs that are wanted; undefined for all. */
  outputs: string[] | undefined;
};

/**
 * Reads an inference request with one tensor of N (or N by 1) values for each raw column; null is a missing value,
 * and so is a column that is left out. Values are checked later, with the rows.
 *
 * Throws `request.invalid`, `predict.unknown-column`, `predict.wrong-type`, `predict.no-rows`,
 * `predict.too-many-rows`, and `operation.not-yet` for binary tensors.
 */
export function readInferRequest(
  body: unknown,
  inputs: readonly InputColumn[],
  maxRows: number,
): InferRequest {
  if (!isObject(body)) throw invalid('the body is not an object', undefined);
  const { id, parameters, inputs: tensors, outputs } = body;
  if (id !== undefined && typeof id !== 'string') throw invalid('"id" is not a string', 'id');
  refuseBinary(parameters, 'binary_data_output');
  if (!Array.isArray(tensors)) throw invalid('"inputs" is not a list of tensors', 'inputs');
  const columns = tensors.map((tensor, i) => readTensor(tensor, `inputs[${i}]`, inputs));
  return { id, rows: rowsOf(columns, maxRows), outputs: readOutputs(outputs) };
}

type ColumnTensor = { name: string; values: RawValue[] };

function readTensor(tensor: unknown, path: string, inputs: readonly InputColumn[]): ColumnTensor {
  if (!isObject(tensor)) throw invalid('a tensor is an object', path);
  const { name, datatype, shape, data, parameters } = tensor;
  const input = inputs.find((each) => each.name === name);
  if (input === undefined) {
    throw fail('predict.unknown-column', { column: String(name).slice(0, 100) }, { path: `${path}.name` });
  }
  refuseBinary(parameters, 'binary_data_size');
  if (typeof datatype !== 'string' || !DATATYPES[input.type].includes(datatype)) {
    const details = {
      column: input.name,
      expected: DATATYPES[input.type].join(' or '),
      found: String(datatype).slice(0, 100),
    };
    throw fail('predict.wrong-type', details, { path: `${path}.datatype` });
  }
  if (!Array.isArray(data)) throw invalid('"data" is not a list', `${path}.data`);
  const values = data.flat(1) as RawValue[];
  if (!fitsShape(shape, values.length))
    throw invalid('"shape" is not [N] or [N, 1] for N values', `${path}.shape`);
  return { name: input.name, values };
}

function fitsShape(shape: unknown, length: number): boolean {
  return (
    Array.isArray(shape) &&
    shape[0] === length &&
    (shape.length === 1 || (shape.length === 2 && shape[1] === 1))
  );
}

function rowsOf(columns: readonly ColumnTensor[], maxRows: number): RawRow[] {
  const rows = columns[0]?.values.length ?? 0;
  if (rows === 0) throw fail('predict.no-rows', {}, { path: 'inputs' });
  if (rows > maxRows) throw fail('predict.too-many-rows', { rows, limit: maxRows }, { path: 'inputs' });
  if (new Set(columns.map((column) => column.name)).size !== columns.length) {
    throw invalid('a column comes twice', 'inputs');
  }
  const uneven = columns.findIndex((column) => column.values.length !== rows);
  if (uneven >= 0) throw invalid('the tensors have different numbers of rows', `inputs[${uneven}].shape`);
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row]!])),
  );
}

function readOutputs(outputs: unknown): string[] | undefined {
  if (outputs === undefined) return undefined;
  if (!Array.isArray(outputs)) throw invalid('"outputs" is not a list', 'outputs');
  return outputs.map((output, i) => {
    if (!isObject(output) || typeof output.name !== 'string') {
      throw invalid('an output has a "name"', `outputs[${i}]`);
    }
    refuseBinary(output.parameters, 'binary_data');
    return output.name;
  });
}

function refuseBinary(parameters: unknown, key: string): void {
  if (isObject(parameters) && parameters[key])
    throw fail('operation.not-yet', { what: 'The binary tensor extension' });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string, path: string | undefined): SlipwayError {
  return fail('request.invalid', { reason }, path === undefined ? {} : { path });
}
