import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExportRequest, renderExport } from '../../packages/server/src/stages/pack/index.ts';
import { ROOT } from '../../scripts/root.mjs';

const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const KUBECTL = join(dirname(PYTHON), 'kubectl');
const has = existsSync(KUBECTL) && spawnSync(PYTHON, ['-c', 'import kubernetes_validate, yaml']).status === 0;

/** The oldest release that the manifests are for, and the newest there are schemas of. */
const RELEASES = ['1.31', '1.34', '1.37'];

const request: ExportRequest = {
  endpoint: 'telco-churn',
  modelVersion: 7,
  bundleId: 'ab12'.repeat(16),
  image: 'registry.example:5000/ml/churn',
  manifest: {
    task: 'binary',
    target: 'Churn: "yes"?',
    lineage: { dataset: 'telco', datasetVersion: 2, manifest: 'm', run: 'r', seed: 1 },
    golden: { rows: [{ plan: 'basic' }], predictions: [] },
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-manifests-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What `kubectl kustomize` makes of an export. */
async function applied(name: string, more: Partial<ExportRequest>): Promise<string> {
  const home = join(folder, name);
  await mkdir(join(home, 'kubernetes'), { recursive: true });
  for (const [path, text] of renderExport('kubernetes', { ...request, ...more }))
    if (path.startsWith('kubernetes/')) await writeFile(join(home, path), text);
  await writeFile(join(home, 'kubernetes', 'tokens'), `${name}\n`);
  const { stdout, stderr } = spawnSync(KUBECTL, ['kustomize', join(home, 'kubernetes')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

type Said = Record<string, Record<string, string>>;

function validated(manifests: string): Said {
  const script = join(ROOT, 'tests/clients/kubernetes_manifests.py');
  const { stdout, stderr } = spawnSync(PYTHON, [script, ...RELEASES], { input: manifests, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Said;
}

const OWN = {
  ConfigMap: 'valid',
  Deployment: 'valid',
  HorizontalPodAutoscaler: 'valid',
  NetworkPolicy: 'valid',
  PodDisruptionBudget: 'valid',
  Service: 'valid',
};

describe.skipIf(!has)(
  'exported manifests, by kubectl and the schemas of Kubernetes (Python: kubernetes-validate)',
  () => {
    it('are valid in every release, and pods roll when the tokens change', async () => {
      const manifests = await applied('plain', {});
      for (const said of Object.values(validated(manifests)))
        expect(said).toEqual({ ...OWN, Secret: 'valid' });
      expect(manifests).toContain('image: registry.example:5000/ml/churn:bundle-ab12ab12ab12ab12');
      const secretOf = (text: string) => /secretName: (telco-churn-tokens-\w+)/.exec(text)?.[1];
      expect(secretOf(manifests)).toBeDefined();
      expect(secretOf(await applied('others', {}))).not.toBe(secretOf(manifests));
    });

    it('are valid with all options, the image by its digest', async () => {
      const digest = `sha256:${'0f'.repeat(32)}`;
      const manifests = await applied('options', {
        digest,
        namespace: 'ml',
        gatewayNamespaces: ['ingress'],
        routeHost: '*.ml.example',
        gateway: 'edge/public',
        serviceMonitor: true,
        predictionLog: 'folder',
        tokenSecret: 'from-vault',
      });
      for (const said of Object.values(validated(manifests)))
        expect(said).toEqual({ ...OWN, HTTPRoute: 'no schema', ServiceMonitor: 'no schema' });
      expect(manifests).toContain(`image: registry.example:5000/ml/churn@${digest}`);
      expect(manifests.match(/^ {2}namespace: ml$/gm)).toHaveLength(8);
    });

    it('would not be valid with a field that Kubernetes does not know', async () => {
      const manifests = (await applied('broken', {})).replace('enableServiceLinks', 'enableServiceLink');
      expect(validated(manifests)[RELEASES[0]!]!.Deployment).toContain('enableServiceLink');
    });
  },
);
