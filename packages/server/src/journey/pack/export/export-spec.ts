import { exampleRows } from '../imported/example-row.ts';
import type { TensorManifest } from '../imported/model.ts';
import { type BundleManifest, takesTensors } from '../model.ts';

export const EXPORT_KINDS = ['docker', 'compose', 'kubernetes'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** What an endpoint is exported with. */
export type ExportRequest = {
  /** Name of the endpoint, and of what is rendered. */
  endpoint: string;
  modelVersion: number;
  bundleId: string;
  manifest: Pick<BundleManifest, 'task' | 'target' | 'lineage' | 'golden' | 'graph'> | TensorManifest;
  /** Version of ONNX Runtime that models of tensors are run by. */
  onnxRuntime?: string;
  /** Image without tag or digest, `registry.example/team/churn`; the endpoint's name when not given. */
  image?: string;
  port?: number;
  /** Kubernetes: pods at least and at most. */
  replicas?: { least: number; most: number };
  memoryMegabytes?: number;
  /** Kubernetes: label of the namespaces whose pods may call, and of those that scrape metrics. */
  callers?: Record<string, string>;
  scrapers?: Record<string, string>;
};

/** Every choice made, and names made fit for DNS. */
export type ExportSpec = {
  name: string;
  endpoint: string;
  modelVersion: number;
  bundleId: string;
  image: string;
  port: number;
  replicas: { least: number; most: number };
  memoryMegabytes: number;
  heapMegabytes: number;
  callers: Record<string, string>;
  scrapers: Record<string, string>;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Version of ONNX Runtime to install; undefined for models that need none. */
  onnxRuntime: string | undefined;
  /** A body that the endpoint answers. */
  example: { rows: Record<string, unknown>[] };
};

/** Where things lie in the image. */
export const IMAGE_PATHS = {
  app: '/app',
  models: '/models',
  tokens: '/run/secrets/slipway',
  tokenFile: '/run/secrets/slipway/tokens',
} as const;

/** A user id that no image of ours gives a name, as distroless images use. */
export const USER_ID = 65_532;

export function exportSpec(request: ExportRequest): ExportSpec {
  const name = dnsLabel(request.endpoint);
  const { manifest } = request;
  const isTensors = takesTensors(manifest);
  const memoryMegabytes = request.memoryMegabytes ?? (isTensors ? 2048 : 512);
  return {
    name,
    endpoint: request.endpoint,
    modelVersion: request.modelVersion,
    bundleId: request.bundleId,
    image: `${request.image ?? name}:${imageTag(request)}`,
    port: request.port ?? 8080,
    replicas: request.replicas ?? { least: 2, most: 20 },
    memoryMegabytes,
    heapMegabytes: Math.floor(memoryMegabytes * (isTensors ? 0.25 : 0.75)),
    onnxRuntime: isTensors ? (request.onnxRuntime ?? 'latest') : undefined,
    callers: request.callers ?? { 'slipway.io/gateway': 'true' },
    scrapers: request.scrapers ?? { 'kubernetes.io/metadata.name': 'monitoring' },
    example: { rows: exampleRows(manifest) },
    labels: {
      'app.kubernetes.io/name': name,
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
function imageTag({ bundleId }: ExportRequest): string {
  return `bundle-${bundleId.slice(0, 16)}`;
}

/** RFC 1123 label: lower case letters, digits and hyphens, at most 63, a letter first. */
function dnsLabel(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '');
  const label = /^[a-z]/.test(plain) ? plain : `endpoint-${plain}`;
  return label.slice(0, 63).replace(/-+$/, '');
}

/** How the container starts the inference process on the bundle alone. */
export function inferenceArguments(spec: ExportSpec): string[] {
  return [
    'dist/inference.js',
    `--model-dir=${IMAGE_PATHS.models}`,
    `--model-name=${spec.endpoint}`,
    `--model-version=${spec.modelVersion}`,
    '--host=0.0.0.0',
    `--port=${spec.port}`,
    `--token-file=${IMAGE_PATHS.tokenFile}`,
    ...(spec.onnxRuntime === undefined
      ? []
      : [`--model-memory-megabytes=${Math.floor(spec.memoryMegabytes * 0.6)}`]),
  ];
}
