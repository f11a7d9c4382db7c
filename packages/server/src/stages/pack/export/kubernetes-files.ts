import { stringify } from 'yaml';
import { dockerFiles } from './docker-files.ts';
import type { ExportSpec } from './export-spec.ts';
import { deployment, settingsFile, settingsName, tokenSecretName } from './kubernetes-deployment.ts';
import { kubernetesReadme } from './kubernetes-readme.ts';

/** A build context, and under `kubernetes/` one manifest a file with a kustomization that lists them. */
export function kubernetesFiles(spec: ExportSpec): Map<string, string> {
  const manifests: Record<string, object> = {
    'deployment.yaml': deployment(spec),
    'service.yaml': service(spec),
    'autoscaler.yaml': autoscaler(spec),
    'disruption-budget.yaml': disruptionBudget(spec),
    'network-policy.yaml': networkPolicy(spec),
    ...(spec.kubernetes.routeHost !== undefined && { 'http-route.yaml': httpRoute(spec) }),
    ...(spec.kubernetes.serviceMonitor && { 'service-monitor.yaml': serviceMonitor(spec) }),
  };
  const rendered = Object.entries(manifests).map(([file, manifest]): [string, string] => [
    `kubernetes/${file}`,
    stringify(manifest, { aliasDuplicateObjects: false }),
  ]);
  return new Map([
    ...dockerFiles(spec),
    ...rendered,
    ['kubernetes/settings.env', settingsFile(spec)],
    ['kubernetes/kustomization.yaml', stringify(kustomization(spec, Object.keys(manifests)))],
    ['kubernetes/README.md', kubernetesReadme(spec)],
  ]);
}

/**
 * The generated ConfigMap and Secret carry a hash of what they hold in their names, so pods roll when it changes; the image is
 * named once, by digest where one was given.
 */
function kustomization(spec: ExportSpec, resources: string[]): object {
  const { namespace, tokenSecret } = spec.kubernetes;
  const makesSecret = spec.access === 'tokens' && tokenSecret === undefined;
  const version = spec.digest === undefined ? { newTag: spec.imageTag } : { digest: spec.digest };
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...(namespace !== undefined && { namespace }),
    resources,
    images: [{ name: spec.imageName, ...version }],
    configMapGenerator: [
      { name: settingsName(spec), envs: ['settings.env'], options: { labels: spec.labels } },
    ],
    ...(makesSecret && {
      secretGenerator: [{ name: tokenSecretName(spec), files: ['tokens'], options: { labels: spec.labels } }],
    }),
  };
}

export function metadata(spec: ExportSpec): object {
  return { name: spec.name, labels: spec.labels, annotations: spec.annotations };
}

function selector(spec: ExportSpec): object {
  return { matchLabels: { 'app.kubernetes.io/name': spec.name } };
}

const SERVICE_PORT = 80;

function service(spec: ExportSpec): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec),
    spec: {
      selector: { 'app.kubernetes.io/name': spec.name },
      ports: [
        { name: 'http', port: SERVICE_PORT, targetPort: 'http1', appProtocol: 'http' },
        ...(spec.grpcPort === 0
          ? []
          : [{ name: 'grpc', port: spec.grpcPort, targetPort: 'grpc', appProtocol: 'kubernetes.io/h2c' }]),
      ],
    },
  };
}

/** Scales up at once and down slowly, on CPU alone: that needs no adapter for custom metrics. */
function autoscaler(spec: ExportSpec): object {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(spec),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: spec.name },
      minReplicas: spec.replicas.least,
      maxReplicas: spec.replicas.most,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 65 } },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: 'Percent', value: 20, periodSeconds: 60 }],
        },
      },
    },
  };
}

function disruptionBudget(spec: ExportSpec): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(spec),
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: selector(spec) },
  };
}

/** Label of namespaces whose pods may call, for gateways that were not known at the export. */
const GATEWAY_LABEL = { 'slipway.io/gateway': 'true' };

/**
 * The endpoint's own namespace and gateways get in, and scrapers to the metrics. Nothing gets out but name look-ups: the model
 * needs nobody.
 */
function networkPolicy(spec: ExportSpec): object {
  const namespace = (matchLabels: Record<string, string>) => ({ namespaceSelector: { matchLabels } });
  const named = (name: string) => namespace({ 'kubernetes.io/metadata.name': name });
  const tcp = (port: number) => ({ protocol: 'TCP', port });
  const ports = [spec.port, spec.grpcPort].filter((port) => port !== 0).map(tcp);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec),
    spec: {
      podSelector: selector(spec),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ podSelector: {} }], ports },
        { from: [namespace(GATEWAY_LABEL), ...gatewayNamespaces(spec).map(named)], ports },
        { from: [named(spec.kubernetes.scraperNamespace)], ports: [tcp(spec.port)] },
      ],
      egress: [
        {
          to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  };
}

/** Those that were named, and the one of the route's Gateway. */
function gatewayNamespaces({ kubernetes }: ExportSpec): string[] {
  const ofRoute = gatewayOf(kubernetes.gateway).namespace;
  return [...new Set([...kubernetes.gatewayNamespaces, ...(ofRoute === undefined ? [] : [ofRoute])])];
}

function gatewayOf(gateway = ''): { name: string; namespace?: string } {
  const [namespace, name] = gateway.split('/');
  return name === undefined ? { name: namespace! } : { name, namespace: namespace! };
}

/** What callers need and no more: metrics and health stay inside the cluster. */
function httpRoute(spec: ExportSpec): object {
  const paths = [
    ...['/endpoints', '/v1/models', '/v2'].map((value) => ({ path: { type: 'PathPrefix', value } })),
    { path: { type: 'Exact', value: '/invocations' } },
  ];
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadata(spec),
    spec: {
      parentRefs: [gatewayOf(spec.kubernetes.gateway)],
      hostnames: [spec.kubernetes.routeHost],
      rules: [{ matches: paths, backendRefs: [{ name: spec.name, port: SERVICE_PORT }] }],
    },
  };
}

/** For the Prometheus operator. */
function serviceMonitor(spec: ExportSpec): object {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: metadata(spec),
    spec: {
      selector: selector(spec),
      endpoints: [{ port: 'http', path: '/metrics', interval: '30s' }],
    },
  };
}
