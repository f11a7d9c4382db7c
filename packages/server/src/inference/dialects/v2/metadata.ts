import type { TensorSpec } from '../../../stages/pack/index.ts';
import type { LiveEndpoint } from '../../live-endpoint.ts';
import type { LoadedRoute, TensorRoute } from '../../load-route.ts';
import { configName, DATATYPES } from './datatypes.ts';
import { outputNames } from './outputs.ts';
import { DATATYPE_OF } from './tensors.ts';

/** What is told of the server, over HTTP and gRPC alike. */
export const SERVER_METADATA = {
  name: 'slipway',
  version: '1',
  extensions: ['binary_tensor_data', 'model_configuration', 'model_repository', 'parameters', 'statistics'],
};

const PLATFORM = 'slipway_flat';

/** One tensor of N values for each raw column, in the order in which a tensor of all columns has them, and one for each output. */
export function modelMetadata(endpoint: LiveEndpoint, route: LoadedRoute) {
  if (route.takes === 'tensors') return tensorMetadata(endpoint, route);
  const { engine } = route;
  return {
    name: endpoint.name,
    versions: servedVersions(endpoint),
    platform: PLATFORM,
    inputs: engine.inputs.map(({ name, type }) => ({ name, datatype: DATATYPES[type][0]!, shape: [-1] })),
    outputs: outputNames(engine).map(({ name, datatype }) => ({ name, datatype, shape: [-1] })),
    parameters: { column_order: JSON.stringify(engine.inputs.map(({ name }) => name)) },
  };
}

/** Triton's model configuration, as far as it says something of a model of ours. */
export function modelConfig(endpoint: LiveEndpoint, route: LoadedRoute) {
  if (route.takes === 'tensors') return tensorConfig(endpoint, route);
  const { engine, modelVersion } = route;
  return {
    name: endpoint.name,
    platform: PLATFORM,
    backend: 'slipway',
    version_policy: { specific: { versions: [modelVersion] } },
    max_batch_size: 0,
    input: engine.inputs.map(({ name, type, nullable }) => ({
      name,
      data_type: configName(DATATYPES[type][0]!),
      dims: [-1],
      optional: nullable,
    })),
    output: outputNames(engine).map(({ name, datatype }) => ({
      name,
      data_type: configName(datatype),
      dims: [-1],
    })),
  };
}

const ONNX_PLATFORM = 'onnx_onnxv1';

function tensorMetadata(endpoint: LiveEndpoint, { manifest }: TensorRoute) {
  const told = ({ name, type, shape }: TensorSpec) => ({
    name,
    datatype: DATATYPE_OF[type],
    shape: openShape(shape),
  });
  return {
    name: endpoint.name,
    versions: servedVersions(endpoint),
    platform: ONNX_PLATFORM,
    inputs: [...manifest.inputs, ...(manifest.optional ?? [])].map(told),
    outputs: manifest.outputs.map(told),
  };
}

function tensorConfig(endpoint: LiveEndpoint, { manifest, modelVersion }: TensorRoute) {
  const told = ({ name, type, shape }: TensorSpec) => {
    return { name, data_type: configName(DATATYPE_OF[type]), dims: openShape(shape), optional: false };
  };
  return {
    name: endpoint.name,
    platform: ONNX_PLATFORM,
    backend: 'onnxruntime',
    version_policy: { specific: { versions: [modelVersion] } },
    max_batch_size: 0,
    input: [
      ...manifest.inputs.map(told),
      ...(manifest.optional ?? []).map((spec) => ({ ...told(spec), optional: true })),
    ],
    output: manifest.outputs.map(told).map(({ optional: _, ...output }) => output),
  };
}

/** -1 for sizes that are open. */
function openShape(shape: TensorSpec['shape']): number[] {
  return (shape ?? [-1]).map((size) => (typeof size === 'number' ? size : -1));
}

export function servedVersions({ serving }: LiveEndpoint): string[] {
  return (serving?.routes ?? []).map(({ route }) => String(route.modelVersion));
}

/** What stands in the repository index: a line for each version, or one without for an endpoint that has none. */
export function indexOf(endpoints: Iterable<LiveEndpoint>, onlyReady: boolean) {
  return [...endpoints].flatMap((endpoint) => {
    const versions = servedVersions(endpoint);
    const { name } = endpoint;
    if (versions.length > 0)
      return versions.map((version) => ({ name, version, state: 'READY', reason: '' }));
    return onlyReady
      ? []
      : [{ name, version: '', state: 'UNAVAILABLE', reason: 'no version could be loaded' }];
  });
}
