import { stringify } from 'yaml';
import { dockerFiles } from './docker-files.ts';
import type { ExportSpec } from './export-spec.ts';
import { deployment } from './kubernetes-deployment.ts';

/** A build context, and under `kubernetes/` one manifest a file with a kustomization that lists them. */
export function kubernetesFiles(spec: ExportSpec): Map<string, string> {
  const manifests: Record<string, object> = {
    'deployment.yaml': deployment(spec),
    'service.yaml': service(spec),
    'autoscaler.yaml': autoscaler(spec),
    'disruption-budget.yaml': disruptionBudget(spec),
    'network-policy.yaml': networkPolicy(spec),
  };
  const rendered = Object.entries(manifests).map(([file, manifest]): [string, string] => [
    `kubernetes/${file}`,
    stringify(manifest, { aliasDuplicateObjects: false }),
  ]);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: Object.keys(manifests),
  };
  return new Map([
    ...dockerFiles(spec),
    ...rendered,
    ['kubernetes/kustomization.yaml', stringify(kustomization)],
    ['kubernetes/README.md', readme(spec)],
  ]);
}

export function metadata(spec: ExportSpec): object {
  return { name: spec.name, labels: spec.labels, annotations: spec.annotations };
}

function selector(spec: ExportSpec): object {
  return { matchLabels: { 'app.kubernetes.io/name': spec.name } };
}

function service(spec: ExportSpec): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(spec),
    spec: {
      selector: { 'app.kubernetes.io/name': spec.name },
      ports: [{ name: 'http', port: 80, targetPort: 'http1', appProtocol: 'http' }],
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

/** Only gateways and scrapers get in. Nothing gets out but name look-ups: the model needs nobody. */
function networkPolicy(spec: ExportSpec): object {
  const from = (matchLabels: Record<string, string>) => [{ namespaceSelector: { matchLabels } }];
  const ports = [{ protocol: 'TCP', port: spec.port }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec),
    spec: {
      podSelector: selector(spec),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: from(spec.callers), ports },
        { from: from(spec.scrapers), ports },
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

function readme(spec: ExportSpec): string {
  const labels = Object.entries(spec.callers).map(([key, value]) => `${key}=${value}`);
  return `# ${spec.endpoint} on Kubernetes

    docker build -t ${spec.image} .. && docker push ${spec.image}
    kubectl create secret generic ${spec.name}-tokens --from-literal=tokens="$(openssl rand -hex 32)"
    kubectl apply -k .

Then pin what you pushed: in deployment.yaml replace the image's tag with \`@sha256:…\` as \`docker push\` printed it.
The Secret \`${spec.name}-tokens\` holds one token a line under the key \`tokens\`; every caller needs one of them.
Callers reach the Service from namespaces labelled ${labels.join(', ')}. preStop sleep needs Kubernetes 1.30 or newer,
the autoscaler the metrics server.
`;
}
