import type { ExportSpec } from './export-spec.ts';
import { predictionsClaimName, tokenSecretName } from './kubernetes-deployment.ts';

/** How to apply the manifests, and what they take for granted. */
export function kubernetesReadme(spec: ExportSpec): string {
  const { namespace, tokenSecret, gatewayNamespaces, scraperNamespace } = spec.kubernetes;
  const makesSecret = spec.access === 'tokens' && tokenSecret === undefined;
  const inNamespace = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  return `# ${spec.endpoint} on Kubernetes

    docker build -t ${spec.image} .. && docker push ${spec.image}
${makesSecret ? '    openssl rand -hex 32 > tokens\n' : ''}    kubectl apply -k .

${spec.digest === undefined ? PIN_TEXT : `The image is named by its digest under \`images:\` of kustomization.yaml.`}

${accessText(spec)}

Settings are in settings.env (the variables of ../README.md); kustomize makes a ConfigMap of it whose name holds a hash of its content,
so pods roll when you change it and apply again.

Callers reach the Service \`${spec.name}\`${inNamespace}: HTTP on port 80${spec.grpcPort === 0 ? '' : `, gRPC on ${spec.grpcPort}`}. The NetworkPolicy admits pods of the
same namespace, of namespaces labelled slipway.io/gateway=true${gatewayNamespaces.map((name) => `, of ${name}`).join('')}, and for metrics
those of ${scraperNamespace}. Nothing gets out but name look-ups; add egress for an OpenTelemetry collector.
${logText(spec)}${routeText(spec)}${monitorText(spec)}
preStop sleep needs Kubernetes 1.30 or newer, the autoscaler the metrics server.
`;
}

const PIN_TEXT = `Then pin what you pushed: in kustomization.yaml put \`digest: sha256:…\`, as \`docker push\` printed it, in place of \`newTag\`; or export
again with \`--digest\`.`;

function accessText(spec: ExportSpec): string {
  if (spec.access === 'open')
    return 'Access is open: every caller whom the NetworkPolicy admits may call, without a token.';
  if (spec.kubernetes.tokenSecret !== undefined)
    return `The Secret \`${tokenSecretName(spec)}\` must be there, with one token a line under the key \`tokens\`. Pods read it again when it changes,
about a minute later, without a restart.`;
  return `\`tokens\` holds one token a line; every caller needs one of them. Keep it out of version control. kustomize makes a Secret of it whose name
holds a hash of its content, so pods roll when you change it and apply again. For a Secret that something else makes, export
with \`--token-secret NAME\`: pods then read it again when it changes, without a restart.`;
}

function logText(spec: ExportSpec): string {
  if (spec.predictionLog === 'off') return '';
  if (spec.predictionLog === 'stdout')
    return '\nPredictions are lines of the container\'s output, `{"log":"prediction",…}`.\n';
  return `\nPredictions are logged in the volume of the claim \`${predictionsClaimName(spec)}\`, which must be there and be ReadWriteMany: every pod writes files
of its own.\n`;
}

function routeText({ kubernetes }: ExportSpec): string {
  if (kubernetes.routeHost === undefined) return '';
  return `\nhttp-route.yaml needs the Gateway API (gateway.networking.k8s.io/v1) and a Gateway \`${kubernetes.gateway}\` that admits routes of this namespace.
It leads the paths of predictions alone: health and metrics stay in the cluster.\n`;
}

function monitorText({ kubernetes }: ExportSpec): string {
  if (!kubernetes.serviceMonitor) return '';
  return `\nservice-monitor.yaml needs the Prometheus operator. Where your Prometheus selects monitors by a label, add it to the file.\n`;
}
