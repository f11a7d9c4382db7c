import { afterAll, describe, expect, it } from 'vitest';
import { askRaw } from './requests.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';

afterAll(cleanUp);

const PUBLIC = ['http.publicUrl=https://ml.example', 'http.inferencePublicUrl=https://predict.example/v'];

describe('a server with a public address', () => {
  it('tells that one to others, and is reached on this machine where it listens', async () => {
    const everywhere = ['http.host=0.0.0.0', 'http.insecure=true'];
    const server = await startServer({ folder: await newFolder(), set: [...everywhere, ...PUBLIC] });
    const status = await server.client.call['system.status']();
    expect(status.console).toBe('https://ml.example');
    expect(status.inference.url).toBe('https://predict.example/v');
    for (const url of [server.url, server.inferenceUrl]) expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('answers requests that carry its public names, and refuses those of another site', async () => {
    const server = await startServer({ folder: await newFolder(), set: PUBLIC });
    const statusFor = async (url: string, path: string, host: string) =>
      (await askRaw(url, path, { headers: { host } })).status;
    expect(await statusFor(server.url, '/api/v1/health', 'ml.example')).toBe(200);
    expect(await statusFor(server.url, '/api/v1/health', 'evil.example')).toBe(403);
    expect(await statusFor(server.inferenceUrl, '/v2/health/live', 'predict.example')).toBe(200);
    expect(await statusFor(server.inferenceUrl, '/v2/health/live', 'evil.example')).toBe(403);
    expect(await server.end('SIGTERM')).toBe(0);
  });
});
