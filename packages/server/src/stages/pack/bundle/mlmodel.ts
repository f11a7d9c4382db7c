import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ColumnType } from '../../ingest/index.ts';
import { type ClassType, classTypeOf } from '../../prepare/index.ts';
import type { BundleFile, BundleManifest } from '../model.ts';
import type { GraphNames } from '../onnx/graph-names.ts';
import { LOADER, LOADER_FILE, LOADER_MODULE } from './mlflow-loader.ts';

/** Column types of an MLflow signature: as the graph's tensors take them, but for dates, which the loader converts. */
const MLFLOW_TYPES: Record<ColumnType, string> = {
  number: 'double',
  boolean: 'double',
  timestamp: 'datetime',
  string: 'string',
};

/** The files that make the bundle a model for MLflow: `MLmodel`, and a loader where the model takes dates. */
export function mlflowFiles(
  manifest: BundleManifest,
  names: GraphNames,
  onnx: Uint8Array,
): [BundleFile, Uint8Array][] {
  const utf8 = new TextEncoder();
  const mlmodel: [BundleFile, Uint8Array] = ['MLmodel', utf8.encode(renderMlmodel(manifest, names, onnx))];
  return hasDates(manifest) ? [mlmodel, [LOADER_FILE, utf8.encode(LOADER)]] : [mlmodel];
}

function hasDates({ inputs }: BundleManifest): boolean {
  return inputs.some(({ type }) => type === 'timestamp');
}

/** The time zone of dates without an offset, by the name of their tensor. */
function zonesOf({ inputs }: BundleManifest, names: GraphNames): Record<string, string> {
  const zones = inputs.flatMap(({ type, reading }, index): [string, string][] => {
    if (type !== 'timestamp') return [];
    return [[names.inputs[index]!, reading?.as === 'timestamp' ? reading.timeZone : 'UTC']];
  });
  return Object.fromEntries(zones);
}

/**
 * The `MLmodel` file that makes the bundle a model for `mlflow.onnx.load_model` and `mlflow.pyfunc.load_model`.
 * Every column is required: MLflow feeds the graph column by column, and a missing value is NaN or "".
 */
function renderMlmodel(manifest: BundleManifest, names: GraphNames, onnx: Uint8Array): string {
  return stringify({
    flavors: {
      onnx: {
        code: null,
        data: 'model.onnx',
        onnx_session_options: null,
        providers: ['CPUExecutionProvider'],
      },
      python_function: hasDates(manifest)
        ? { code: '.', data: 'model.onnx', loader_module: LOADER_MODULE }
        : { data: 'model.onnx', loader_module: 'mlflow.onnx' },
    },
    metadata: {
      slipway: {
        ...{ task: manifest.task, target: manifest.target, lineage: manifest.lineage },
        ...(hasDates(manifest) && { datetimes: zonesOf(manifest, names) }),
      },
    },
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

const CLASS_TYPES: Record<ClassType, string> = {
  string: 'string',
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
};

type SignatureColumn = { type: string; name: string; required: boolean };

function inputColumns(manifest: BundleManifest, names: GraphNames): SignatureColumn[] {
  return manifest.inputs.map(({ type }, index) => column(MLFLOW_TYPES[type], names.inputs[index]!));
}

function outputColumns(manifest: BundleManifest, names: GraphNames): SignatureColumn[] {
  const isClass = manifest.classes.length > 0;
  const value = column(isClass ? CLASS_TYPES[classTypeOf(manifest)] : 'double', names.value);
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
