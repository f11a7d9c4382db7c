import { createHash } from 'node:crypto';
import { type ExportSpec, IMAGE_PATHS, inferenceArguments, USER_ID } from './export-spec.ts';

/** Seconds that a pod goes on serving after it was told to end, until every proxy has heard. */
const PRE_STOP_SECONDS = 10;
/** Time for preStop and for what is under way then. */
const GRACE_SECONDS = 45;

/** Differs when an export has other settings, so that applying it rolls the pods, whatever makes the ConfigMap. */
function checksums(spec: ExportSpec): Record<string, string> {
  return { 'checksum/config': createHash('sha256').update(settingsFile(spec)).digest('hex') };
}

/** The settings of the container as a file of `NAME=value` lines, which kustomize makes a ConfigMap of. */
export function settingsFile({ environment }: ExportSpec): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** `replicas` is left out: the autoscaler owns it, and a rendered number would fight with it at every apply. */
export function deployment(spec: ExportSpec): object {
  const { labels, annotations, name } = spec;
  const matchLabels = { 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels, annotations },
    spec: {
      revisionHistoryLimit: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels },
      template: {
        metadata: { labels, annotations: { ...annotations, ...checksums(spec), ...scrapeHints(spec) } },
        spec: podSpec(spec, matchLabels),
      },
    },
  };
}

/** For a Prometheus without operator; a ServiceMonitor says it otherwise, and both would scrape twice. */
function scrapeHints(spec: ExportSpec): Record<string, string> {
  if (spec.kubernetes.serviceMonitor) return {};
  return {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(spec.port),
    'prometheus.io/path': '/metrics',
  };
}

function podSpec(spec: ExportSpec, matchLabels: Record<string, string>): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels },
        // Counts the pods of this rollout alone, or those of the former one would draw them to where few of these are.
        matchLabelKeys: ['pod-template-hash'],
      }),
    ),
    containers: [container(spec)],
    volumes: volumes(spec).map(({ name, source }) => ({ name, ...source })),
  };
}

function container(spec: ExportSpec): object {
  const memory = `${spec.memoryMegabytes}Mi`;
  return {
    name: spec.name,
    image: spec.image,
    command: ['node', `--max-old-space-size=${spec.heapMegabytes}`],
    args: inferenceArguments(spec),
    envFrom: [{ configMapRef: { name: settingsName(spec) } }],
    ports: [
      { name: 'http1', containerPort: spec.port },
      ...(spec.grpcPort === 0 ? [] : [{ name: 'grpc', containerPort: spec.grpcPort }]),
    ],
    // No limit on CPU: throttling would come in the middle of a request.
    resources: { requests: { cpu: '1', memory }, limits: { memory } },
    startupProbe: { ...probe('/v2/health/ready'), periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: {
      ...probe('/v2/health/ready'),
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
    livenessProbe: { ...probe('/v2/health/live'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: volumes(spec).map(({ name, mount }) => ({ name, ...mount })),
  };
}

type Volume = { name: string; source: object; mount: { mountPath: string; readOnly?: true } };

function volumes(spec: ExportSpec): Volume[] {
  const tmp: Volume = {
    name: 'tmp',
    source: { emptyDir: { sizeLimit: '256Mi' } },
    mount: { mountPath: '/tmp' },
  };
  const tokens: Volume = {
    name: 'tokens',
    source: { secret: { secretName: tokenSecretName(spec), defaultMode: 0o440 } },
    mount: { mountPath: IMAGE_PATHS.tokens, readOnly: true },
  };
  const predictions: Volume = {
    name: 'predictions',
    source: { persistentVolumeClaim: { claimName: predictionsClaimName(spec) } },
    mount: { mountPath: IMAGE_PATHS.predictions },
  };
  return [
    tmp,
    ...(spec.access === 'tokens' ? [tokens] : []),
    ...(spec.predictionLog === 'folder' ? [predictions] : []),
  ];
}

export function settingsName({ name }: ExportSpec): string {
  return `${name}-settings`;
}

export function tokenSecretName({ name, kubernetes }: ExportSpec): string {
  return kubernetes.tokenSecret ?? `${name}-tokens`;
}

export function predictionsClaimName({ name }: ExportSpec): string {
  return `${name}-predictions`;
}

function probe(path: string): object {
  return { httpGet: { path, port: 'http1' } };
}
