import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ColumnType } from '../../ingest/index.ts';
import type { BundleManifest } from '../model.ts';
import type { GraphNames } from '../onnx/graph-names.ts';

/** Column types of an MLflow signature, as the graph's tensors take and give them. */
const MLFLOW_TYPES: Record<ColumnType, string> = {
  number: 'double',
  boolean: 'double',
  timestamp: 'double',
  string: 'string',
};

/**
 * The `MLmodel` file that makes the bundle a model for `mlflow.onnx.load_model` and `mlflow.pyfunc.load_model`.
 * Every column is required: MLflow feeds the graph column by column, and a missing value is NaN or "".
 */
export function renderMlmodel(manifest: BundleManifest, names: GraphNames, onnx: Uint8Array): string {
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
    metadata: { slipway: { task: manifest.task, target: manifest.target, lineage: manifest.lineage } },
    model_size_bytes: onnx.byteLength,
    model_uuid: createHash('sha256').update(onnx).digest('hex').slice(0, 32),
    signature: {
      inputs: JSON.stringify(inputColumns(manifest, names)),
      outputs: JSON.stringify(outputColumns(manifest, names)),
      params: null,
    },
    utc_time_created: mlflowTime(manifest.createdAt),
  });
}

type SignatureColumn = { type: string; name: string; required: boolean };

function inputColumns(manifest: BundleManifest, names: GraphNames): SignatureColumn[] {
  return manifest.inputs.map(({ type }, index) => column(MLFLOW_TYPES[type], names.inputs[index]!));
}

function outputColumns(manifest: BundleManifest, names: GraphNames): SignatureColumn[] {
  const value = column(manifest.classes.length > 0 ? 'string' : 'double', names.value);
  const bounds = (names.bounds ?? []).map((name) => column('double', name));
  return [value, ...names.probabilities.map((name) => column('float', name)), ...bounds];
}

function column(type: string, name: string): SignatureColumn {
  return { type, name, required: true };
}

/** MLflow writes "2026-11-23 03:32:04.142000", UTC. */
function mlflowTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000`;
}
