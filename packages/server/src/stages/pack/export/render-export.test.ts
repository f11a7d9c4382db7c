import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFlags } from '../../../inference/index.ts';
import type { TensorManifest } from '../imported/model.ts';
import { EXPORT_KINDS } from './export-options.ts';
import type { ExportRequest } from './export-spec.ts';
import { renderExport } from './render-export.ts';

const request: ExportRequest = {
  endpoint: 'telco_churn',
  modelVersion: 7,
  bundleId: 'ab12'.repeat(16),
  image: 'registry.example/ml/churn',
  manifest: {
    task: 'binary',
    target: 'Churn: "yes"?',
    lineage: { dataset: 'telco', datasetVersion: 2, manifest: 'm', run: 'r', seed: 1 },
    golden: { rows: [{ Plan: "Ann's" }], predictions: [] },
  },
};

type Manifest = ReturnType<typeof parse>;

function manifests(more: Partial<ExportRequest> = {}): Record<string, Manifest> {
  const files = [...renderExport('kubernetes', { ...request, ...more })].filter(([path]) =>
    path.endsWith('.yaml'),
  );
  return Object.fromEntries(
    files.map(([path, text]) => [path.replace(/^kubernetes\/|\.yaml$/g, ''), parse(text)]),
  );
}

describe('an exported endpoint', () => {
  it('is a build context in every kind', () => {
    for (const kind of EXPORT_KINDS) {
      expect([...renderExport(kind, request).keys()]).toEqual(
        expect.arrayContaining(['Dockerfile', '.dockerignore']),
      );
    }
  });

  it('starts the inference process with flags and variables that it understands, on the bundle in the image', () => {
    const { entry, variables } = imageOf(renderExport('docker', request));
    const [node, heap, program, ...flags] = entry;
    expect([node, program]).toEqual(['node', 'dist/inference.js']);
    expect(heap).toMatch(/^--max-old-space-size=\d+$/);
    const { container } = podOf(manifests().deployment);
    expect(container.args.slice(1)).toEqual(flags);
    expect(readFlags(flags, variables)).toMatchObject({
      host: '0.0.0.0',
      port: 8080,
      access: 'tokens',
      modelDir: '/models',
      modelName: 'telco_churn',
      modelVersion: 7,
      tokenFile: '/run/secrets/slipway/tokens',
      logDir: undefined,
      settings: {},
      unknownVariables: [],
    });
  });

  it('as SageMaker and Vertex AI start its image listens where they say, and says that it may be told so', () => {
    const files = renderExport('docker', request);
    const { entry, variables } = imageOf(files);
    const flags = [...entry.slice(3), 'serve'];
    expect(readFlags(flags, { ...variables, SAGEMAKER_BIND_TO_PORT: '9001' }).port).toBe(9001);
    const vertex = {
      AIP_HTTP_PORT: '9002',
      AIP_HEALTH_ROUTE: '/h',
      AIP_PREDICT_ROUTE: '/p',
      SLIPWAY_ACCESS: 'open',
    };
    expect(readFlags(flags, { ...variables, ...vertex })).toMatchObject({
      port: 9002,
      access: 'open',
      vertexRoutes: { health: '/h', predict: '/p' },
    });
    expect(files.get('Dockerfile')).toContain(
      'com.amazonaws.sagemaker.capabilities.accept-bind-to-port="true"',
    );
  });

  it('needs tokens unless it is exported with open access, and logs predictions where it is told to', () => {
    for (const kind of EXPORT_KINDS) {
      const open = imageOf(
        renderExport(kind, { ...request, access: 'open', predictionLog: 'stdout', grpcPort: 9000 }),
      );
      expect(readFlags(open.entry.slice(3), open.variables)).toMatchObject({
        access: 'open',
        logDir: '-',
        settings: { grpcPort: 9000 },
      });
      const folder = imageOf(renderExport(kind, { ...request, predictionLog: 'folder' }));
      expect(readFlags(folder.entry.slice(3), folder.variables)).toMatchObject({
        access: 'tokens',
        logDir: '/var/log/slipway',
      });
    }
    const compose = (more: Partial<ExportRequest>) =>
      parse(renderExport('compose', { ...request, ...more }).get('compose.yaml')!);
    expect(compose({ access: 'open' })).not.toHaveProperty('secrets');
    const kept = compose({ predictionLog: 'folder' });
    expect(kept.services['telco-churn'].volumes).toEqual(['predictions:/var/log/slipway']);
    expect(kept.volumes).toEqual({ predictions: {} });
    expect(kept.services['telco-churn'].secrets).toHaveLength(1);
  });

  it('has the model in its last layer, and no root', () => {
    const lines = renderExport('docker', request).get('Dockerfile')!.trim().split('\n');
    expect(lines.at(-1)).toBe('COPY --chown=0:0 models /models');
    expect(lines).toContain('USER 65532:65532');
    const copies = lines.filter((line) => line.startsWith('COPY'));
    expect(copies.map((line) => line.split(' ').at(-2))).toEqual(['predictions', 'dist', 'models']);
    expect(lines.filter((line) => line.startsWith('RUN'))).toEqual([]);
  });

  it('names its image by the bundle, so that another model is another image', () => {
    const tagOf = (bundleId: string) =>
      parse(renderExport('compose', { ...request, bundleId }).get('compose.yaml')!).services['telco-churn']
        .image;
    expect(tagOf(request.bundleId)).toBe('registry.example/ml/churn:bundle-ab12ab12ab12ab12');
    expect(tagOf('cd'.repeat(32))).not.toBe(tagOf(request.bundleId));
  });

  it('holds no token, in any file', () => {
    for (const kind of EXPORT_KINDS) {
      for (const [path, text] of renderExport(kind, request)) {
        if (path.endsWith('.yaml')) expect(text).not.toMatch(/tokenHash|stringData|kind: Secret/);
      }
    }
    const { pod, container } = podOf(manifests().deployment);
    const tokens = pod.volumes.find(({ name }: Manifest) => name === 'tokens');
    expect(tokens.secret.secretName).toBe('telco-churn-tokens');
    expect(container.volumeMounts).toContainEqual({
      name: 'tokens',
      mountPath: '/run/secrets/slipway',
      readOnly: true,
    });
  });
});

const DIGEST = `sha256:${'0f'.repeat(32)}`;

describe('the Kubernetes manifests', () => {
  it('are listed by the kustomization, each of its kind', () => {
    const { kustomization, ...rest } = manifests({
      routeHost: 'ml.example',
      gateway: 'edge/public',
      serviceMonitor: true,
    });
    expect(kustomization.resources.map((file: string) => file.replace('.yaml', '')).sort()).toEqual(
      Object.keys(rest).sort(),
    );
    expect(
      Object.values(rest)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([
      'Deployment',
      'HTTPRoute',
      'HorizontalPodAutoscaler',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'ServiceMonitor',
    ]);
    expect(Object.keys(manifests())).not.toEqual(expect.arrayContaining(['http-route', 'service-monitor']));
  });

  it('name an image, by the digest where one is given, and are refused without', () => {
    expect(() => renderExport('kubernetes', { ...request, image: undefined })).toThrow(
      expect.objectContaining({ code: 'export.image-missing' }),
    );
    const name = 'registry.example/ml/churn';
    const newTag = 'bundle-ab12ab12ab12ab12';
    expect(manifests().kustomization.images).toEqual([{ name, newTag }]);
    expect(podOf(manifests().deployment).container.image).toBe(`${name}:${newTag}`);
    const digest = `sha256:${'0f'.repeat(32)}`;
    expect(manifests({ digest }).kustomization.images).toEqual([{ name, digest }]);
  });

  it.each([
    ['registry.example/ml/churn:v3', { name: 'registry.example/ml/churn', newTag: 'v3' }],
    [
      'registry.example:5000/churn',
      { name: 'registry.example:5000/churn', newTag: 'bundle-ab12ab12ab12ab12' },
    ],
    ['registry.example:5000/churn:1.2', { name: 'registry.example:5000/churn', newTag: '1.2' }],
    [`churn@${DIGEST}`, { name: 'churn', digest: DIGEST }],
    [`registry.example/churn:v3@${DIGEST}`, { name: 'registry.example/churn', digest: DIGEST }],
  ])('take the tag or digest of the image %s', (image, expected) => {
    expect(manifests({ image }).kustomization.images).toEqual([expected]);
    const { name, newTag } = { newTag: 'v3', ...expected };
    if (!image.includes('@'))
      expect(podOf(manifests({ image }).deployment).container.image).toBe(`${name}:${newTag}`);
  });

  it('refuse a digest that contradicts another, and one of an image that is built', () => {
    const other = `sha256:${'1e'.repeat(32)}`;
    expect(() => renderExport('kubernetes', { ...request, image: `churn@${DIGEST}`, digest: other })).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'digest' }),
    );
    expect(() => renderExport('docker', { ...request, image: `churn@${DIGEST}` })).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'image' }),
    );
  });

  it('roll the pods when settings or tokens change', () => {
    const checksum = (more: Partial<ExportRequest>) =>
      manifests(more).deployment.spec.template.metadata.annotations['checksum/config'];
    expect(checksum({})).toMatch(/^[0-9a-f]{64}$/);
    expect(checksum({ predictionLog: 'stdout' })).not.toBe(checksum({}));
    const { kustomization, deployment } = manifests();
    const { pod, container } = podOf(deployment);
    expect(kustomization.configMapGenerator[0].name).toBe(container.envFrom[0].configMapRef.name);
    expect(kustomization.secretGenerator[0]).toMatchObject({ name: 'telco-churn-tokens', files: ['tokens'] });
    expect(pod.volumes[1].secret.secretName).toBe('telco-churn-tokens');
  });

  it('use a Secret that is there, or none with open access', () => {
    const own = manifests({ tokenSecret: 'from-vault' });
    expect(own.kustomization).not.toHaveProperty('secretGenerator');
    expect(podOf(own.deployment).pod.volumes[1].secret.secretName).toBe('from-vault');
    const open = manifests({ access: 'open' });
    expect(open.kustomization).not.toHaveProperty('secretGenerator');
    expect(podOf(open.deployment).pod.volumes.map(({ name }: Manifest) => name)).toEqual(['tmp']);
  });

  it('log predictions into a claim where a folder is asked for', () => {
    const { pod, container } = podOf(manifests({ predictionLog: 'folder' }).deployment);
    expect(pod.volumes.at(-1)).toEqual({
      name: 'predictions',
      persistentVolumeClaim: { claimName: 'telco-churn-predictions' },
    });
    expect(container.volumeMounts.at(-1)).toEqual({ name: 'predictions', mountPath: '/var/log/slipway' });
  });

  it('admit the own namespace and the gateways to the ports of predictions, scrapers to metrics, and no others', () => {
    const { ingress } = manifests({
      gatewayNamespaces: ['ingress', 'edge'],
      routeHost: 'ml.example',
      gateway: 'edge/public',
      scraperNamespace: 'watch',
    })['network-policy'].spec;
    const named = (name: string) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    });
    const http = { protocol: 'TCP', port: 8080 };
    const grpc = { protocol: 'TCP', port: 8081 };
    expect(ingress).toEqual([
      { from: [{ podSelector: {} }], ports: [http, grpc] },
      {
        from: [
          { namespaceSelector: { matchLabels: { 'slipway.io/gateway': 'true' } } },
          named('ingress'),
          named('edge'),
        ],
        ports: [http, grpc],
      },
      { from: [named('watch')], ports: [http] },
    ]);
  });

  it('serve gRPC on a port of its own, unless it is left out', () => {
    const { service, deployment } = manifests();
    expect(podOf(deployment).container.ports).toEqual([
      { name: 'http1', containerPort: 8080 },
      { name: 'grpc', containerPort: 8081 },
    ]);
    expect(service.spec.ports[1]).toEqual({
      name: 'grpc',
      port: 8081,
      targetPort: 'grpc',
      appProtocol: 'kubernetes.io/h2c',
    });
    const without = manifests({ grpcPort: 0 });
    expect(without.service.spec.ports).toHaveLength(1);
    expect(podOf(without.deployment).container.ports).toHaveLength(1);
  });

  it('spread the pods of a rollout over zones and nodes', () => {
    const { deployment } = manifests();
    const constraints = podOf(deployment).pod.topologySpreadConstraints;
    expect(constraints.map(({ topologyKey }: Manifest) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    for (const { labelSelector, matchLabelKeys } of constraints) {
      expect(labelSelector.matchLabels).toEqual(deployment.spec.selector.matchLabels);
      expect(matchLabelKeys).toEqual(['pod-template-hash']);
    }
  });

  it('name the version in labels, and not in selectors, which cannot change', () => {
    const { kustomization: _, ...rest } = manifests();
    for (const { metadata } of Object.values(rest))
      expect(metadata.labels['app.kubernetes.io/version']).toBe('7');
    const { selector, template } = rest.deployment.spec;
    expect(template.metadata.labels['app.kubernetes.io/version']).toBe('7');
    expect(Object.keys(selector.matchLabels)).toEqual(['app.kubernetes.io/name']);
  });

  it('lead a route to the paths of predictions alone, and let an operator scrape once', () => {
    const {
      'http-route': route,
      'service-monitor': monitor,
      deployment,
      service,
    } = manifests({
      routeHost: 'ml.example',
      gateway: 'edge/public',
      serviceMonitor: true,
    });
    expect(route.spec.parentRefs).toEqual([{ name: 'public', namespace: 'edge' }]);
    expect(route.spec.hostnames).toEqual(['ml.example']);
    const [{ matches, backendRefs }] = route.spec.rules;
    expect(backendRefs).toEqual([{ name: 'telco-churn', port: service.spec.ports[0].port }]);
    for (const { path } of matches) expect('/metrics'.startsWith(path.value)).toBe(false);
    expect(monitor.spec.endpoints[0]).toMatchObject({ port: service.spec.ports[0].name, path: '/metrics' });
    for (const [key, value] of Object.entries(monitor.spec.selector.matchLabels))
      expect(service.metadata.labels[key]).toBe(value);
    expect(Object.keys(deployment.spec.template.metadata.annotations)).not.toContain('prometheus.io/scrape');
  });

  it.each([
    ['a route without its Gateway', { routeHost: 'ml.example' }, 'gateway'],
    ['a Gateway without a host', { gateway: 'edge/public' }, 'routeHost'],
    ['a Secret nobody reads', { access: 'open', tokenSecret: 'x' }, 'tokenSecret'],
  ] as const)('refuse %s, by the option', (_, more, path) => {
    expect(() => manifests(more)).toThrow(expect.objectContaining({ code: 'request.invalid', path }));
  });

  it('refuse for Docker what is about Kubernetes, by the option', () => {
    expect(() => renderExport('docker', { ...request, namespace: 'ml' })).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'namespace' }),
    );
  });

  it('select the pods of the deployment, by one name that DNS takes', () => {
    const {
      deployment,
      service,
      autoscaler,
      'disruption-budget': budget,
      'network-policy': policy,
    } = manifests();
    const labels = deployment.spec.template.metadata.labels;
    for (const selector of [
      service.spec.selector,
      budget.spec.selector.matchLabels,
      policy.spec.podSelector.matchLabels,
      deployment.spec.selector.matchLabels,
    ]) {
      for (const [key, value] of Object.entries(selector)) expect(labels[key]).toBe(value);
    }
    expect(autoscaler.spec.scaleTargetRef.name).toBe(deployment.metadata.name);
    expect(deployment.metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
    expect(service.spec.ports[0].targetPort).toBe(podOf(deployment).container.ports[0].name);
  });

  it('run without root, without privileges, on a read-only file system', () => {
    const { pod, container } = podOf(manifests().deployment);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it('lose no request in a rollout: ready before the former goes, and time to drain', () => {
    const { deployment } = manifests();
    const { pod, container } = podOf(deployment);
    expect(deployment.spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
    expect(container.readinessProbe.httpGet.path).toBe('/v2/health/ready');
    expect(container.livenessProbe.httpGet.path).toBe('/v2/health/live');
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(container.lifecycle.preStop.sleep.seconds);
  });

  it('limit memory and not CPU, and leave the number of pods to the autoscaler', () => {
    const { deployment, autoscaler } = manifests();
    const { container } = podOf(deployment);
    expect(Object.keys(container.resources.limits)).toEqual(['memory']);
    expect(deployment.spec).not.toHaveProperty('replicas');
    expect(autoscaler.spec.minReplicas).toBeGreaterThanOrEqual(2);
  });

  it('let nothing out but name look-ups', () => {
    const { egress, policyTypes } = manifests()['network-policy'].spec;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(egress).toHaveLength(1);
    expect(egress[0].ports.map(({ port }: Manifest) => port)).toEqual([53, 53]);
  });

  it('have names that DNS takes, whatever the endpoint is called', () => {
    for (const endpoint of ['Größe ☃', '9 lives', '-', 'x'.repeat(80), 'a.b_c']) {
      const files = renderExport('kubernetes', { ...request, endpoint });
      const { metadata } = parse(files.get('kubernetes/deployment.yaml')!);
      expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
    }
  });
});

/** The command and the variables of a Dockerfile. */
function imageOf(files: Map<string, string>): { entry: string[]; variables: Record<string, string> } {
  const dockerfile = files.get('Dockerfile')!;
  const pairs = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)![1]!.split(/[\\\s]+/);
  return {
    entry: JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)![1]!),
    variables: Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string])),
  };
}

function podOf(deployment: Manifest): { pod: Manifest; container: Manifest } {
  const pod = deployment.spec.template.spec;
  return { pod, container: pod.containers[0] };
}

describe('files for a model of tensors', () => {
  const tensors: TensorManifest = {
    format: 1,
    kind: 'onnx',
    task: 'tensor',
    target: 'scores',
    classes: [],
    inputs: [{ name: 'x', type: 'float32', shape: ['rows', 2] }],
    outputs: [{ name: 'scores', type: 'float32', shape: ['rows', 1] }],
    graph: { irVersion: 8, producer: '', opsets: {}, nodes: 1, parameters: 0, leftOut: [] },
    batchable: true,
    lineage: { source: { file: 'net.onnx' }, sha256: 'ab'.repeat(32) },
    golden: { inputs: [], outputs: [] },
    createdAt: '2026-01-01T00:00:00.000Z',
  };

  it('copy the runtime that lies beside them, and leave its process memory', () => {
    const files = renderExport('docker', {
      endpoint: 'net',
      modelVersion: 1,
      bundleId: 'cd'.repeat(32),
      manifest: tensors,
    });
    const dockerfile = files.get('Dockerfile')!;
    expect(dockerfile).not.toMatch(/^RUN/m);
    expect(dockerfile).toMatch(/^COPY .* package\.json package-lock\.json \.\/$/m);
    expect(dockerfile).toMatch(/^COPY .* node_modules \.\/node_modules$/m);
    for (const name of ['node_modules', 'package.json', 'package-lock.json'])
      expect(files.get('.dockerignore')!.split('\n')).toContain(`!${name}`);
    const { entry, variables } = imageOf(files);
    expect(readFlags(entry.slice(3), variables).settings).toEqual({ modelMemoryMegabytes: 1228 });
  });
});
