import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, askRaw, expectProblem } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';

let folder: string;
let server: ServerUnderTest;
beforeAll(async () => {
  folder = await newFolder();
  server = await startServer({ folder });
}, 120_000);
afterAll(cleanUp);

type Entry = Awaited<ReturnType<ServerUnderTest['client']['call']['audit.list']>>['entries'][number];

const entries = async (): Promise<Entry[]> =>
  (await server.client.call['audit.list']({ query: { limit: 1000 } })).entries;
const ofKind = async (what: string) => (await entries()).filter((entry) => entry.what === what);
const makeKey = (name: string, role: 'predictor' | 'viewer') =>
  server.client.call['keys.create']({ body: { name, role } });
const upload = (token: string) =>
  ask(`${server.url}/api/v1/uploads?filename=rows.csv`, {
    method: 'POST',
    token,
    body: 'a,b\n1,2\n',
    headers: { 'content-type': 'application/octet-stream' },
  });

describe('the audit log', () => {
  it('tells keys of one name apart by their ids', async () => {
    const twins = [await makeKey('twin', 'predictor'), await makeKey('twin', 'predictor')];
    for (const { secret } of twins) expect((await upload(secret)).status).toBe(200);
    const made = await ofKind('uploads.create');
    expect(made.map(({ who }) => who)).toEqual(['twin', 'twin']);
    expect(new Set(made.map(({ principal }) => principal))).toEqual(new Set(twins.map(({ id }) => id)));
    for (const { subject, requestId } of made) {
      expect(subject).toMatch(/^upl_/);
      expect(requestId).toMatch(/^req_/);
    }
  });

  it('has reads of keys, and refusals with what the caller is not told', async () => {
    const { id, secret } = await makeKey('curious', 'viewer');
    await server.client.call['keys.list']();
    expectProblem(await ask(`${server.url}/api/v1/keys`, { token: secret }), 403, 'access.forbidden');
    await server.client.call['keys.revoke']({ params: { id } });
    expectProblem(await ask(`${server.url}/api/v1/status`, { token: secret }), 401, 'access.unauthenticated');
    expectProblem(
      await ask(`${server.url}/api/v1/status`, { token: 'slip_guess' }),
      401,
      'access.unauthenticated',
    );
    expectProblem(await ask(`${server.url}/api/v1/status`), 401, 'access.unauthenticated');
    await expect.poll(() => ofKind('access.unauthenticated')).toHaveLength(1);
    expect(await ofKind('keys.list')).toHaveLength(1);
    expect(await ofKind('access.forbidden')).toMatchObject([
      { who: 'curious', principal: id, subject: 'GET /api/v1/keys', details: { permission: 'keys:read' } },
    ]);
    expect(await ofKind('access.revoked-key')).toMatchObject([{ principal: null, details: { key: id } }]);
    expect(await ofKind('access.unknown-key')).toMatchObject([{ details: { address: '127.0.0.1' } }]);
    expect(JSON.stringify(await entries())).not.toMatch(/slip_guess|slip_[\w-]{20}/);
  });

  it('has who asked for an upload of another key, who hears that there is none', async () => {
    const [maker, stranger] = [await makeKey('maker', 'predictor'), await makeKey('stranger', 'predictor')];
    const { id } = (await upload(maker.secret)).json as { id: string };
    const inspect = (token: string) =>
      ask(`${server.url}/api/v1/uploads/${id}/inspect`, { method: 'POST', token, body: {} });
    expectProblem(await inspect(stranger.secret), 404, 'upload.missing');
    expect((await inspect(maker.secret)).status).toBe(200);
    expect((await inspect(server.ownerKey)).status).toBe(200);
    await expect
      .poll(() => ofKind('access.foreign-object'))
      .toMatchObject([{ principal: stranger.id, details: { upload: id } }]);
  });

  it('stays small under a flood of refusals', async () => {
    const before = (await entries()).length;
    for (let i = 0; i < 300; i++) await ask(`${server.url}/api/v1/jobs?limit=${i}`, { token: `slip_${i}` });
    expect((await entries()).length - before).toBeLessThan(10);
  });

  it('refuses names that read as other names', async () => {
    for (const name of ['own\u202eer', 'a\nb', 'a\u001b[2Jb', '\u2066x', 'a\u2028b']) {
      const answer = await ask(`${server.url}/api/v1/keys`, {
        method: 'POST',
        token: server.ownerKey,
        body: { name, role: 'viewer' },
      });
      expectProblem(answer, 400, 'request.invalid', 'name');
    }
    const filename = encodeURIComponent('gnp.\u202evsc');
    expectProblem(
      await ask(`${server.url}/api/v1/uploads?filename=${filename}`, {
        method: 'POST',
        token: server.ownerKey,
        body: 'a\n1\n',
        headers: { 'content-type': 'application/octet-stream' },
      }),
      400,
      'request.invalid',
      'filename',
    );
  });

  it('is anchored in the data folder when the server stops, and a log that ends before the anchor is told at the next start', async () => {
    await server.end('SIGTERM');
    const path = join(folder, 'audit-anchor.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const anchor = JSON.parse(await readFile(path, 'utf8')) as { sequence: number; hash: string };
    server = await startServer({ folder });
    expect(await server.client.call['audit.verify']()).toMatchObject({ intact: true, anchor });
    await server.end('SIGTERM');
    // As if newer entries had been deleted from the database.
    const later = { sequence: anchor.sequence + 1000, hash: 'f'.repeat(64) };
    await writeFile(path, JSON.stringify(later));
    server = await startServer({ folder });
    const { intact, anchor: kept } = await server.client.call['audit.verify']();
    expect({ intact, kept }).toEqual({ intact: false, kept: later });
    await expect
      .poll(() => readFile(join(folder, 'logs', 'control.log'), 'utf8'))
      .toContain('The audit log is not intact');
    await server.client.call['audit.accept']({ body: { reason: 'a test did this' } });
    expect((await server.client.call['audit.verify']()).intact).toBe(true);
    const [accepted] = await ofKind('audit.accept');
    expect(accepted).toMatchObject({ details: { formerAnchor: later, reason: 'a test did this' } });
  });
});

describe('the last key that may make keys', () => {
  it('is not revoked', async () => {
    const { keys } = await server.client.call['keys.list']();
    const owner = keys.find(({ role, revokedAt }) => role === 'owner' && revokedAt === null)!;
    expectProblem(
      await ask(`${server.url}/api/v1/keys/${owner.id}`, { method: 'DELETE', token: server.ownerKey }),
      409,
      'key.last',
    );
  });
});

describe('requests that can be read in two ways', () => {
  it('have one Host header', async () => {
    const { host } = new URL(server.url);
    for (const second of [host, 'evil.example']) {
      const answer = await askRaw(server.url, '/api/v1/health', {
        headers: { host: `${host}\r\nHost: ${second}` },
      });
      expectProblem(answer, 400, 'request.invalid');
      const predict = await askRaw(server.inferenceUrl, '/health', {
        headers: { host: `${new URL(server.inferenceUrl).host}\r\nHost: ${second}` },
      });
      expect(predict.status).toBe(400);
    }
  });

  it('are not kept by caches however their path is written', async () => {
    for (const path of ['/api/v1/status', '/%61pi/v1/status', '/api/v1/%73tatus', '/api/openapi.json']) {
      const { headers } = await askRaw(server.url, path, { token: server.ownerKey });
      expect([path, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
        path,
        'no-store',
        'nosniff',
      ]);
    }
  });
});
