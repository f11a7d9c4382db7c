import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ElementType, TensorManifest, TensorSpec } from './model.ts';

/** numpy's names of the element types, which are MLflow's. */
const DTYPES: Partial<Record<ElementType, string>> = { string: 'str' };

/** The `MLmodel` of a bundle around somebody else's graph: a signature of tensors. */
export function renderTensorMlmodel(manifest: TensorManifest, onnx: Uint8Array): string {
  return stringify({
    flavors: {
      onnx: {
        code: null,
        data: 'model.onnx',
        onnx_session_options: null,
        providers: ['CPUExecutionProvider'],
      },
      python_function: { data: 'model.onnx', loader_module: 'mlflow.onnx' },
    },
    metadata: { slipway: { kind: manifest.kind, task: manifest.task, lineage: manifest.lineage } },
    model_size_bytes: onnx.byteLength,
    model_uuid: createHash('sha256').update(onnx).digest('hex').slice(0, 32),
    signature: {
      inputs: JSON.stringify(manifest.inputs.map(tensorOf)),
      outputs: JSON.stringify(manifest.outputs.map(tensorOf)),
      params: null,
    },
    utc_time_created: `${manifest.createdAt.slice(0, 10)} ${manifest.createdAt.slice(11, 23)}000`,
  });
}

function tensorOf({ name, type, shape }: TensorSpec) {
  const dims = (shape ?? [-1]).map((size) => (typeof size === 'number' ? size : -1));
  return { type: 'tensor', 'tensor-spec': { dtype: DTYPES[type] ?? type, shape: dims }, name };
}
