import type { LiveEndpoint } from '../../live-endpoint.ts';
import type { LoadedRoute } from '../../load-route.ts';
import { configName, DATATYPES } from './datatypes.ts';
import { outputNames } from './outputs.ts';

/** What is told of the server, over HTTP and gRPC alike. */
export const SERVER_METADATA = {
  name: 'slipway',
  version: '1',
  extensions: ['binary_tensor_data', 'model_configuration', 'model_repository', 'parameters', 'statistics'],
};

const PLATFORM = 'slipway_flat';

/** One tensor of N values for each raw column, one for each output. */
export function modelMetadata(endpoint: LiveEndpoint, { engine }: LoadedRoute) {
  return {
    name: endpoint.name,
    versions: servedVersions(endpoint),
    platform: PLATFORM,
    inputs: engine.inputs.map(({ name, type }) => ({ name, datatype: DATATYPES[type][0]!, shape: [-1] })),
    outputs: outputNames(engine).map(({ name, datatype }) => ({ name, datatype, shape: [-1] })),
  };
}

/** Triton's model configuration, as far as it says something of a model of ours. */
export function modelConfig(endpoint: LiveEndpoint, { engine, modelVersion }: LoadedRoute) {
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
