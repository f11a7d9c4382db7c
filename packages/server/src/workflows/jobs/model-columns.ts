import { fail } from '@slipway/contract';
import { type AnyManifest, type TensorSpec, takesTensors } from '../../stages/pack/index.ts';
import type { InputColumn } from '../../stages/prepare/index.ts';

/**
 * The columns of a file that a model takes. Of a model of tensors those are its tensors, when each takes one value a row. Throws
 * `predict.takes-tensors` for others.
 */
export function modelColumns(manifest: AnyManifest, endpoint: string): InputColumn[] {
  if (!takesTensors(manifest)) return manifest.inputs;
  return manifest.inputs.map((spec) => {
    if (!isColumn(spec)) throw fail('predict.takes-tensors', { name: endpoint });
    return {
      name: spec.name,
      type: COLUMN_TYPES[spec.type] ?? 'number',
      nullable: spec.type.startsWith('float'),
    };
  });
}

/** 64-bit whole numbers are read as text, which keeps their digits. */
const COLUMN_TYPES: Partial<Record<TensorSpec['type'], InputColumn['type']>> = {
  string: 'string',
  int64: 'string',
  uint64: 'string',
  bool: 'boolean',
};

/** [rows] or [rows, 1]. */
function isColumn({ shape }: TensorSpec): boolean {
  if (shape === null || typeof shape[0] !== 'string') return false;
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}
