import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noPredictionLog } from '../stages/serve/index.ts';
import { constantBundle } from '../testing/bundle-builder.ts';
import { endpointOf } from '../testing/running-inference.ts';
import { createInferenceServer, type InferenceServer } from './inference-server.ts';

let folder: string;
const servers: InferenceServer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-unnamed-'));
});
afterAll(async () => {
  for (const server of servers) await server.drain();
  await rm(folder, { recursive: true });
});

type Options = Partial<Parameters<typeof createInferenceServer>[0]>;

/** A server with the endpoints `churn` and `fraud`, each with a token of its own; gives its address on loopback. */
async function started(options: Options): Promise<string> {
  const parts = { port: 0, log: noPredictionLog(), processPart: 'abcdefgh' };
  const server = createInferenceServer({ host: '127.0.0.1', ...parts, ...options });
  servers.push(server);
  const { port } = await server.listen();
  const bundle = await constantBundle(await mkdtemp(join(folder, 'bundle-')), 0.7);
  const endpoints = ['churn', 'fraud'].map((name) => endpointOf(name, [`${name}-token`], 1, bundle));
  await server.apply({ endpoints });
  return `http://127.0.0.1:${port}`;
}

async function ask(url: string, { method = 'GET', token }: { method?: string; token?: string } = {}) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { method, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the metrics of a data plane beyond loopback', () => {
  it('take a token, and name the endpoints that it may call', async () => {
    const url = await started({ host: '0.0.0.0' });
    expect((await ask(`${url}/metrics`)).status).toBe(401);
    expect((await ask(`${url}/metrics`, { token: 'guess' })).status).toBe(401);
    const { status, text } = await ask(`${url}/metrics`, { token: 'churn-token' });
    expect(status).toBe(200);
    expect(text).toContain('endpoint="churn"');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('fraud');
  });

  it('are open by the setting, in a container and on loopback', async () => {
    const open: Options[] = [
      { host: '0.0.0.0', settings: { openMetrics: true } },
      { host: '0.0.0.0', modelDir: '/model' },
      { host: '127.0.0.1' },
    ];
    for (const options of open) {
      const { status, headers, text } = await ask(`${await started(options)}/metrics`);
      expect(status).toBe(200);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(text).toContain('endpoint="fraud"');
    }
  });
});

describe('without a token', () => {
  it('an endpoint that exists is answered as one that does not, whatever the path and the method', async () => {
    const url = await started({});
    const paths = [
      '/endpoints/NAME',
      '/endpoints/NAME/nothing',
      '/v2/models/NAME/nothing',
      '/v2/models/NAME/infer',
    ];
    for (const path of [...paths, '/v1/models/NAME', '/endpoints/NAME/predict']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const [known, absent] = await Promise.all(
          ['churn', 'other'].map((name) => ask(`${url}${path.replace('NAME', name)}`, { method })),
        );
        expect([method, path, known!.status]).toEqual([method, path, absent!.status]);
        expect(known!.status).toBe(401);
      }
    }
  });
});
