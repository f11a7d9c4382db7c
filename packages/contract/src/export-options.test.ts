import { describe, expect, it } from 'vitest';
import { exportQuerySchema } from './export-options.ts';

const takes = (more: Record<string, unknown>) =>
  exportQuerySchema.safeParse({ as: 'kubernetes', ...more }).success;

describe('how an endpoint is exported', () => {
  it('is said in names that Kubernetes and registries take', () => {
    expect(
      takes({
        image: 'registry.example:5000/ml/churn',
        digest: `sha256:${'0f'.repeat(32)}`,
        namespace: 'ml',
        gatewayNamespaces: 'ingress-nginx,edge',
        scraperNamespace: 'watch',
        tokenSecret: 'from-vault',
        routeHost: '*.ml.example',
        gateway: 'edge/public',
        serviceMonitor: 'true',
        access: 'open',
        predictionLog: 'stdout',
        grpcPort: '0',
      }),
    ).toBe(true);
    expect(exportQuerySchema.parse({ as: 'docker' })).toEqual({ as: 'docker' });
  });

  it.each([
    'churn',
    'churn:1',
    'registry.example:5000/ml/churn:v1.2_rc-3',
    `churn@sha256:${'0f'.repeat(32)}`,
    `registry.example/churn:1@sha256:${'0f'.repeat(32)}`,
  ])('an image is %s', (image) => {
    expect(takes({ image })).toBe(true);
  });

  it.each([
    ['image', 'registry.example/churn:'],
    ['image', 'registry.example/churn:a b'],
    ['image', 'registry.example/churn@sha256:0f'],
    ['image', 'registry.example/Churn'],
    ['image', 'x;rm -rf /'],
    ['digest', 'sha256:0f'],
    ['digest', `sha256:${'0F'.repeat(32)}`],
    ['namespace', 'Ml'],
    ['namespace', 'ml\nkind: Secret'],
    ['gatewayNamespaces', 'a,,b'],
    ['gatewayNamespaces', Array.from({ length: 21 }, (_, i) => `n${i}`).join(',')],
    ['tokenSecret', '../x'],
    ['routeHost', 'https://ml.example'],
    ['routeHost', '*'],
    ['gateway', 'a/b/c'],
    ['grpcPort', '70000'],
    ['access', 'any'],
    ['predictionLog', '/etc'],
    ['serviceMonitor', 'perhaps'],
  ])('%s is not %j', (name, value) => {
    expect(takes({ [name]: value })).toBe(false);
  });
});
