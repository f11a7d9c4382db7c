import { fail } from '@slipway/contract';
import type { TensorSpec } from '../../stages/pack/index.ts';
import type { InputColumn } from '../../stages/prepare/index.ts';

/**
 * The rows of `{ "instances": [ … ] }`: objects as they are, lists in the order of the columns. Throws
 * `request.invalid`, `predict.no-rows`, `predict.too-many-rows`.
 */
export function rowsOfInstances(
  body: unknown,
  inputs: readonly InputColumn[],
  maxRows: number,
): readonly unknown[] {
  return instancesOf(body, maxRows).map((instance, i) =>
    Array.isArray(instance) ? rowOfValues(instance, inputs, `instances[${i}]`) : instance,
  );
}

/** The same for a model of tensors: objects as they are, anything else as the value of its only tensor. */
export function rowsOfTensorInstances(
  body: unknown,
  inputs: readonly TensorSpec[],
  maxRows: number,
): readonly unknown[] {
  const [only, ...more] = inputs;
  return instancesOf(body, maxRows).map((instance) => {
    const isRow = typeof instance === 'object' && instance !== null && !Array.isArray(instance);
    return isRow || only === undefined || more.length > 0 ? instance : { [only.name]: instance };
  });
}

function instancesOf(body: unknown, maxRows: number): readonly unknown[] {
  const instances = (body as { instances?: unknown } | null)?.instances;
  if (!Array.isArray(instances)) {
    throw fail('request.invalid', { reason: '"instances" is not a list' }, { path: 'instances' });
  }
  checkRowCount(instances.length, maxRows, 'instances');
  return instances;
}

/** Throws `predict.no-rows` or `predict.too-many-rows`. */
export function checkRowCount(rows: number, limit: number, path: string): void {
  if (rows === 0) throw fail('predict.no-rows', {}, { path });
  if (rows > limit) throw fail('predict.too-many-rows', { rows, limit }, { path });
}

function rowOfValues(values: unknown[], inputs: readonly InputColumn[], path: string): unknown {
  if (values.length !== inputs.length) {
    const reason = `it holds ${values.length} values where the model takes ${inputs.length} columns`;
    throw fail('request.invalid', { reason }, { path });
  }
  return Object.fromEntries(inputs.map(({ name }, i) => [name, values[i]]));
}
