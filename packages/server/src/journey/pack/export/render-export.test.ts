import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFlags } from '../../../inference/index.ts';
import type { TensorManifest } from '../imported/model.ts';
import { EXPORT_KINDS, type ExportRequest } from './export-spec.ts';
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

function manifests(): Record<string, Manifest> {
  const files = [...renderExport('kubernetes', request)].filter(([path]) => path.endsWith('.yaml'));
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

  it('starts the inference process with flags that it understands, on the bundle in the image', () => {
    const entry = /^ENTRYPOINT (.*)$/m.exec(renderExport('docker', request).get('Dockerfile')!)![1]!;
    const [node, heap, program, ...flags] = JSON.parse(entry);
    expect([node, program]).toEqual(['node', 'dist/inference.js']);
    expect(heap).toMatch(/^--max-old-space-size=\d+$/);
    const { container } = podOf(manifests().deployment);
    expect(container.args.slice(1)).toEqual(flags);
    expect(readFlags(flags)).toMatchObject({
      host: '0.0.0.0',
      port: 8080,
      modelDir: '/models',
      modelName: 'telco_churn',
      modelVersion: 7,
      tokenFile: '/run/secrets/slipway/tokens',
    });
  });

  it('has the model in its last layer, and no root', () => {
    const lines = renderExport('docker', request).get('Dockerfile')!.trim().split('\n');
    expect(lines.at(-1)).toBe('COPY --chown=0:0 models /models');
    expect(lines).toContain('USER 65532:65532');
    const copies = lines.filter((line) => line.startsWith('COPY'));
    expect(copies.map((line) => line.split(' ').at(-2))).toEqual(['dist', 'models']);
  });

  it('names its image by the bundle, so that another model is another image', () => {
    const imageOf = (bundleId: string) =>
      parse(renderExport('compose', { ...request, bundleId }).get('compose.yaml')!).services['telco-churn']
        .image;
    expect(imageOf(request.bundleId)).toBe('registry.example/ml/churn:bundle-ab12ab12ab12ab12');
    expect(imageOf('cd'.repeat(32))).not.toBe(imageOf(request.bundleId));
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

describe('the Kubernetes manifests', () => {
  it('are listed by the kustomization, each of its kind', () => {
    const { kustomization, ...rest } = manifests();
    expect(kustomization.resources.map((file: string) => file.replace('.yaml', '')).sort()).toEqual(
      Object.keys(rest).sort(),
    );
    expect(
      Object.values(rest)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['Deployment', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'PodDisruptionBudget', 'Service']);
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

  it('install the runtime without its scripts, and leave its process memory', () => {
    const files = renderExport('docker', {
      endpoint: 'net',
      modelVersion: 1,
      bundleId: 'cd'.repeat(32),
      manifest: tensors,
      onnxRuntime: '1.30.0',
    });
    const dockerfile = files.get('Dockerfile')!;
    expect(dockerfile).toMatch(/^RUN npm install .*--ignore-scripts.* onnxruntime-node@1\.30\.0$/m);
    expect(dockerfile).toContain('--model-memory-megabytes=1228');
  });
});
