import { type ExportSpec, IMAGE_PATHS, inferenceArguments, USER_ID } from './export-spec.ts';

/** Seconds that a pod goes on serving after it was told to end, until every proxy has heard. */
const PRE_STOP_SECONDS = 10;
/** Time for preStop and for what is under way then. */
const GRACE_SECONDS = 45;

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
        metadata: { labels, annotations: { ...annotations, ...scrapeHints(spec) } },
        spec: podSpec(spec, matchLabels),
      },
    },
  };
}

function scrapeHints(spec: ExportSpec): Record<string, string> {
  return {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(spec.port),
    'prometheus.io/path': '/metrics',
  };
}

function podSpec(spec: ExportSpec, matchLabels: Record<string, string>): object {
  return {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels },
      },
    ],
    containers: [container(spec)],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'tokens', secret: { secretName: `${spec.name}-tokens`, defaultMode: 0o440 } },
    ],
  };
}

function container(spec: ExportSpec): object {
  const memory = `${spec.memoryMegabytes}Mi`;
  return {
    name: spec.name,
    image: spec.image,
    command: ['node', `--max-old-space-size=${spec.heapMegabytes}`],
    args: inferenceArguments(spec),
    ports: [{ name: 'http1', containerPort: spec.port }],
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
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'tokens', mountPath: IMAGE_PATHS.tokens, readOnly: true },
    ],
  };
}

function probe(path: string): object {
  return { httpGet: { path, port: 'http1' } };
}
