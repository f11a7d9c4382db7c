import { trimEndMarks } from '@slipway/contract';
import { type ExampleBody, exampleBody } from '../imported/example-body.ts';
import type { TensorManifest } from '../imported/model.ts';
import { type BundleManifest, takesTensors } from '../model.ts';
import { type ExportKind, type ExportOptions, imageParts, type KubernetesOptions } from './export-options.ts';

/** What an endpoint is exported with. */
export type ExportRequest = ExportOptions & {
  /** Name of the endpoint, and of what is rendered. */
  endpoint: string;
  modelVersion: number;
  bundleId: string;
  manifest:
    | Pick<BundleManifest, 'task' | 'target' | 'lineage' | 'golden' | 'forecast' | 'graph'>
    | TensorManifest;
  port?: number;
  /** Kubernetes: pods at least and at most. */
  replicas?: { least: number; most: number };
  memoryMegabytes?: number;
};

/** Every choice made, and names made fit for DNS. */
export type ExportSpec = {
  name: string;
  endpoint: string;
  modelVersion: number;
  bundleId: string;
  /** Without tag or digest. */
  imageName: string;
  /** As it was given, or one that names the bundle. */
  imageTag: string;
  /** With its tag. */
  image: string;
  digest: string | undefined;
  access: 'tokens' | 'open';
  predictionLog: 'off' | 'stdout' | 'folder';
  port: number;
  /** 0 where gRPC is left out. */
  grpcPort: number;
  replicas: { least: number; most: number };
  memoryMegabytes: number;
  heapMegabytes: number;
  /** What the container reads from its environment. */
  environment: Record<string, string>;
  kubernetes: KubernetesOptions & { gatewayNamespaces: readonly string[]; scraperNamespace: string };
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Whether ONNX Runtime lies beside the program. */
  hasOnnxRuntime: boolean;
  /** A body that the endpoint answers. */
  example: ExampleBody;
};

/** Where things lie in the image. */
export const IMAGE_PATHS = {
  app: '/app',
  models: '/models',
  tokens: '/run/secrets/slipway',
  tokenFile: '/run/secrets/slipway/tokens',
  /** Belongs to the user of the image, so that an empty volume mounted there can be written to. */
  predictions: '/var/log/slipway',
} as const;

/** Major version of Node.js in the image; `npm run test:image-node` runs the suites of what the image ships on it. */
export const IMAGE_NODE_MAJOR = 24;

/** A user id that no image of ours gives a name, as distroless images use. */
export const USER_ID = 65_532;

/** Default port of gRPC in Kubernetes; elsewhere it is left out, since containers may share a network. */
const GRPC_PORT = 8081;

export function exportSpec(kind: ExportKind, request: ExportRequest): ExportSpec {
  const name = dnsLabel(request.endpoint);
  const { manifest } = request;
  const hasOnnxRuntime = needsOnnxRuntime(manifest);
  const memoryMegabytes = request.memoryMegabytes ?? (hasOnnxRuntime ? 2048 : 512);
  const named = imageParts(request.image ?? name);
  const tag = named.tag ?? bundleTag(request);
  const chosen = {
    access: request.access ?? 'tokens',
    predictionLog: request.predictionLog ?? 'off',
    port: request.port ?? 8080,
    grpcPort: request.grpcPort ?? (kind === 'kubernetes' ? GRPC_PORT : 0),
  } as const;
  return {
    name,
    endpoint: request.endpoint,
    modelVersion: request.modelVersion,
    bundleId: request.bundleId,
    imageName: named.name,
    imageTag: tag,
    image: `${named.name}:${tag}`,
    digest: request.digest ?? named.digest,
    ...chosen,
    replicas: request.replicas ?? { least: 2, most: 20 },
    memoryMegabytes,
    heapMegabytes: Math.floor(memoryMegabytes * (hasOnnxRuntime ? 0.25 : 0.75)),
    environment: environmentOf(
      chosen,
      hasOnnxRuntime ? Math.floor((memoryMegabytes * 0.6) / modelsOf(manifest)) : undefined,
    ),
    hasOnnxRuntime,
    kubernetes: {
      namespace: request.namespace,
      tokenSecret: request.tokenSecret,
      routeHost: request.routeHost,
      gateway: request.gateway,
      serviceMonitor: request.serviceMonitor,
      gatewayNamespaces: request.gatewayNamespaces ?? [],
      scraperNamespace: request.scraperNamespace ?? 'monitoring',
    },
    example: exampleBody(manifest),
    labels: {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/version': String(request.modelVersion),
      'app.kubernetes.io/managed-by': 'slipway',
    },
    annotations: {
      'slipway.io/bundle': request.bundleId,
      'slipway.io/task': manifest.task,
      'slipway.io/target': manifest.target,
      ...originOf(manifest),
    },
  };
}

/** Whether imported models answer: the model itself, or models of a graph. */
export function needsOnnxRuntime(manifest: Pick<BundleManifest, 'graph'> | TensorManifest): boolean {
  return takesTensors(manifest) || modelsOf(manifest) > 0;
}

/** Imported models that run in processes of their own. */
function modelsOf(manifest: Pick<BundleManifest, 'graph'> | TensorManifest): number {
  return takesTensors(manifest) ? 1 : (manifest.graph?.models?.length ?? 0);
}

/** As variables, so that a cloud or a cluster may say otherwise without another command. */
function environmentOf(
  {
    access,
    predictionLog,
    port,
    grpcPort,
  }: Pick<ExportSpec, 'access' | 'predictionLog' | 'port' | 'grpcPort'>,
  modelMemoryMegabytes: number | undefined,
): Record<string, string> {
  return {
    SLIPWAY_LISTEN_PORT: String(port),
    SLIPWAY_ACCESS: access,
    SLIPWAY_TOKEN_FILE: IMAGE_PATHS.tokenFile,
    ...(predictionLog === 'stdout' && { SLIPWAY_PREDICTION_LOG: '-' }),
    ...(predictionLog === 'folder' && { SLIPWAY_PREDICTION_LOG: IMAGE_PATHS.predictions }),
    ...(grpcPort !== 0 && { SLIPWAY_INFERENCE_GRPC_PORT: String(grpcPort) }),
    ...(modelMemoryMegabytes !== undefined && {
      SLIPWAY_INFERENCE_MODEL_MEMORY_MEGABYTES: String(modelMemoryMegabytes),
    }),
  };
}

function originOf(manifest: ExportRequest['manifest']): Record<string, string> {
  if (takesTensors(manifest)) return { 'slipway.io/imported-from': manifest.lineage.source.file };
  if (manifest.graph !== undefined) {
    const members = manifest.graph.members.map(({ model, version }) => `${model}@${version}`);
    return { 'slipway.io/graph-of': [...new Set(members)].join(' ') };
  }
  const { dataset, datasetVersion } = manifest.lineage;
  return { 'slipway.io/dataset': `${dataset} ${datasetVersion}` };
}

/** A tag that names the model: the same bundle is always the same tag, another one never. */
function bundleTag({ bundleId }: ExportRequest): string {
  return `bundle-${bundleId.slice(0, 16)}`;
}

/** RFC 1123 label: lower case letters, digits and hyphens, at most 63, a letter first. */
function dnsLabel(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '');
  const label = /^[a-z]/.test(plain) ? plain : `endpoint-${plain}`;
  return trimEndMarks(label.slice(0, 63), '-');
}

/** How the container starts the inference process on the bundle alone; all else is in its environment. */
export function inferenceArguments(spec: ExportSpec): string[] {
  return [
    'dist/inference.js',
    `--model-dir=${IMAGE_PATHS.models}`,
    `--model-name=${spec.endpoint}`,
    `--model-version=${spec.modelVersion}`,
    '--host=0.0.0.0',
  ];
}
