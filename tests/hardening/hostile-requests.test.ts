import { isStream, OPERATIONS, type Operation, type OperationId } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, askRaw, expectProblem } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';

const MAX_BODY = 64 * 1024;
const MAX_UPLOAD = 256 * 1024;

let server: ServerUnderTest;
let token: string;
beforeAll(async () => {
  const set = [`http.maxBodyBytes=${MAX_BODY}`, `http.maxUploadBytes=${MAX_UPLOAD}`];
  server = await startServer({ folder: await newFolder(), set });
  token = server.ownerKey;
}, 120_000);
afterAll(cleanUp);

const operations = Object.entries(OPERATIONS) as [OperationId, Operation][];
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(`${server.url}${path}`, { method: 'POST', token, body, headers });
const makeKey = (body: unknown) => post('/api/v1/keys', body);

/** What a hostile request may get: a refusal with a code, never a fault of ours and never a file of this machine. */
function expectRefused(answer: Answer, what: string): void {
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
  expect(answer.text, what).not.toMatch(/root:.*:0:0|"workspaces"/);
  expectProblem(answer, answer.status, (answer.json as { code: string }).code);
}

const CLIMBING = [
  '../../../../../../etc/passwd',
  '%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '%252e%252e%252f%252e%252e%252fetc%252fpasswd',
  '..%5c..%5c..%5cetc%5cpasswd',
  '\\..\\..\\etc\\passwd',
  '..;/..;/etc/passwd',
  '%2fetc%2fpasswd',
  'C:%5cwindows%5cwin.ini',
  '%5c%5chost%5cx',
  'x%00.csv',
  '%c0%ae%c0%ae%c0%afetc%c0%afpasswd',
  '%ff',
  '%',
  'a'.repeat(5000),
];

describe('a path parameter that climbs', () => {
  const withParameters = operations.filter(([, { params }]) => params !== undefined);
  it.each(withParameters)('reaches no file through %s', async (_id, operation) => {
    for (const bad of CLIMBING) {
      for (const parameter of Object.keys(operation.params!.shape)) {
        const target = operation.path
          .replace(`{${parameter}}`, bad)
          .replace('{version}', '1')
          .replace(/\{\w+\}/g, 'nothing-here');
        const isJson = operation.body !== undefined && !isStream(operation.body);
        const answer = await askRaw(server.url, target, {
          method: operation.method,
          token,
          ...(isJson ? { body: JSON.stringify(operation.example ?? {}) } : {}),
        });
        expectRefused(answer, `${operation.method} ${target.slice(0, 120)}`);
      }
    }
  });

  it('reaches no file through the console or the documents', async () => {
    for (const bad of CLIMBING.slice(0, -1)) {
      for (const before of ['/', '/assets/', '/api/', '/api/docs/', '//']) {
        const answer = await askRaw(server.url, `${before}${bad}`);
        expect(answer.status, `${before}${bad}: ${answer.text.slice(0, 200)}`).toBeLessThan(500);
        expect(answer.text).not.toMatch(/root:.*:0:0|"workspaces"/);
      }
    }
  });

  it('is no file name: an upload keeps the last part only, and one without a name is refused', async () => {
    const upload = (filename: string) =>
      post(`/api/v1/uploads?filename=${encodeURIComponent(filename)}`, 'a,b\n1,2\n', {
        'content-type': 'application/octet-stream',
      });
    for (const bad of ['../../etc/cron.d/x.csv', 'C:\\temp\\x.csv', '/x.csv', 'a\n/../x.csv']) {
      expect((await upload(bad)).json).toMatchObject({ filename: 'x.csv' });
    }
    for (const bad of ['..', '../..', '/', 'a/', '.', '', 'x\0.csv', 'x'.repeat(256)]) {
      expectProblem(await upload(bad), 400, 'request.invalid', 'filename');
    }
  });
});

describe('a body', () => {
  it('that is not JSON is refused as such', async () => {
    for (const body of ['{', '{"name":}', 'name=x', '\u0000', '[1,', '{"a":1}{"b":2}', '{"name":"\\ud8"}']) {
      expectProblem(await makeKey(body), 400, 'request.bad-json');
    }
  });

  it('of another type is refused before it is read, whatever it holds', async () => {
    const body = JSON.stringify({ name: 'x', role: 'viewer' });
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/vnd.bentoml+pickle',
      'application/jsonp',
      'x',
    ];
    for (const type of types) {
      const answer = await post('/api/v1/keys', body, { 'content-type': type });
      expectProblem(answer, 415, 'request.unsupported-media');
    }
    for (const type of ['application/json', 'text/csv', 'text/plain']) {
      const answer = await post('/api/v1/uploads?filename=a.csv', body, { 'content-type': type });
      expectProblem(answer, 415, 'request.unsupported-media');
    }
    expectProblem(
      await askRaw(server.url, '/api/v1/uploads?filename=a.csv', { method: 'POST', token }),
      415,
      'request.unsupported-media',
    );
  });

  it('may say its character set', async () => {
    const answer = await post(
      '/api/v1/keys',
      { name: 'x', role: 'viewer' },
      { 'content-type': 'Application/JSON; charset=utf-8' },
    );
    expect(answer.status).toBe(200);
  });

  it('over the limit is refused, announced or not', async () => {
    const answer = await makeKey({ name: 'x'.repeat(MAX_BODY), role: 'viewer' });
    expectProblem(answer, 413, 'request.too-large');
    expect((answer.json as { detail: string }).detail).toContain(String(MAX_BODY));
    const chunk = `{"name":"${'x'.repeat(MAX_BODY)}`;
    const chunked = await askRaw(server.url, '/api/v1/keys', {
      method: 'POST',
      token,
      headers: { 'transfer-encoding': 'chunked' },
      body: `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`,
    });
    expectProblem(chunked, 413, 'request.too-large');
  });

  it('over the limit of an upload is refused, and nothing of it is kept', async () => {
    const upload = (bytes: number) =>
      post('/api/v1/uploads?filename=a.csv', new Uint8Array(bytes).fill(97), {
        'content-type': 'application/octet-stream',
      });
    expectProblem(await upload(MAX_UPLOAD + 1), 413, 'request.too-large');
    expect((await upload(MAX_UPLOAD)).status).toBe(200);
  });

  it('with keys that nobody asked for is refused with the key', async () => {
    expectProblem(await makeKey({ name: 'x', role: 'viewer', admin: true }), 400, 'request.invalid');
    expectProblem(
      await makeKey({ name: 'x', role: 'viewer', permissions: ['keys:write'] }),
      400,
      'request.invalid',
    );
    expectProblem(await makeKey({ name: 'x', role: 'god' }), 400, 'request.invalid', 'role');
  });

  it('cannot poison prototypes', async () => {
    for (const body of [
      '{"__proto__":{"role":"owner"},"name":"x"}',
      '{"constructor":{"prototype":{"role":"owner"}},"name":"x"}',
      '{"name":"x","role":"viewer","__proto__":{"polluted":1}}',
    ]) {
      expectRefused(await makeKey(body), body);
    }
    const status = await ask(`${server.url}/api/v1/status?__proto__[polluted]=1&constructor=1`, { token });
    expect(status.status).toBe(200);
  });

  it('nested a hundred thousand deep costs a refusal, not the process', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = Math.floor((MAX_BODY - 100) / (open.length + 1));
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      expectRefused(await makeKey(deep), open);
      expectRefused(await makeKey(`{"name":${deep.slice(0, MAX_BODY - 100)}}`), `name ${open}`);
    }
  });

  it('with text that no store can keep is refused with its place', async () => {
    expectProblem(await makeKey('{"name":"a\\u0000b","role":"viewer"}'), 400, 'request.invalid', 'name');
    expectProblem(await makeKey('{"name":"\\ud800","role":"viewer"}'), 400, 'request.invalid', 'name');
    expectProblem(
      await post('/api/v1/endpoints/x/labels', '{"labels":[{"id":"a","value":"\\u0000"}]}'),
      400,
      'request.invalid',
      'labels[0].value',
    );
    expectProblem(await ask(`${server.url}/api/v1/runs?name=%00`, { token }), 400, 'request.invalid', 'name');
  });
});

describe('the name of an image', () => {
  const exported = (image: string) =>
    ask(`${server.url}/api/v1/endpoints/x/export?as=docker&image=${encodeURIComponent(image)}`, { token });

  it('carries no command into the files of an export', async () => {
    const bad = [
      'x\nRUN id',
      'x;id',
      '$(id)',
      '`id`',
      'a b',
      '../x',
      '/x',
      'x/',
      'x:1:2',
      'X',
      '-x',
      'x"',
      '',
    ];
    for (const image of bad) expectProblem(await exported(image), 400, 'request.invalid', 'image');
    for (const image of ['x', 'registry.example:5000/team/churn', 'ghcr.io/a-b/c_d.e']) {
      expectProblem(await exported(image), 404, 'endpoint.missing');
    }
  });
});

describe('a number', () => {
  const HUGE = [
    '2147483648',
    '9007199254740993',
    '1e308',
    '-1',
    '0',
    '1.5',
    'NaN',
    'Infinity',
    '0x7fffffffff',
    '1_000',
    '٣',
  ];
  it('out of range is refused wherever it may stand', async () => {
    for (const bad of HUGE) {
      for (const path of [
        `/api/v1/datasets/x/versions/${encodeURIComponent(bad)}`,
        `/api/v1/models/x/versions/${encodeURIComponent(bad)}`,
        `/api/v1/jobs?limit=${bad}`,
        `/api/v1/audit?limit=${bad}`,
        `/api/v1/runs?limit=${bad}`,
        `/api/v1/endpoints/x/reports?limit=${bad}`,
      ]) {
        const answer = await ask(`${server.url}${path}`, { token });
        expectProblem(answer, 400, 'request.invalid', path.includes('limit') ? 'limit' : 'version');
      }
    }
    for (const bad of ['2147483648', '1e400', '-1', '1.5', '"1"', 'null', '[1]']) {
      expectProblem(
        await post('/api/v1/endpoints/x/promote', `{"version":${bad}}`),
        400,
        'request.invalid',
        'version',
      );
    }
    for (const bad of ['1e308', '-1', '0', '1e999']) {
      expectProblem(
        await post('/api/v1/pipeline-runs', `{"uploadId":"u","target":"t","budgetSeconds":${bad}}`),
        400,
        'request.invalid',
        'budgetSeconds',
      );
    }
  });

  it('that is a time outside the calendar of the store is refused', async () => {
    for (const expiresAt of [
      '0000-01-01T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-01-01',
      'tomorrow',
      '+275760-09-13T00:00:00Z',
    ]) {
      expectProblem(await makeKey({ name: 'x', role: 'viewer', expiresAt }), 400, 'request.invalid');
    }
  });
});

describe('a request', () => {
  it('for a path that is not there hears so', async () => {
    for (const path of [
      '/api',
      '/api/',
      '/api/v1',
      '/api/v1/nothing',
      '/api/v2/status',
      '/api/v1/status/',
      '/api/v1/keys/a/b',
      '/nothing.js',
      '/.env',
      '/.git/config',
      '/package.json',
    ]) {
      expectProblem(await ask(`${server.url}${path}`, { token }), 404, 'route.missing');
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const answer = await askRaw(server.url, '/api/v1/status', { method, token });
      expectProblem(answer, 404, 'route.missing');
    }
  });

  it('with the same query key twice is refused', async () => {
    expectProblem(
      await ask(`${server.url}/api/v1/jobs?limit=1&limit=2`, { token }),
      400,
      'request.invalid',
      'limit',
    );
    expectProblem(
      await ask(`${server.url}/api/v1/runs?name=a&name=b`, { token }),
      400,
      'request.invalid',
      'name',
    );
  });

  it('is what its first line says, whatever headers say instead', async () => {
    const headers = {
      'x-http-method-override': 'DELETE',
      'x-http-method': 'DELETE',
      'x-method-override': 'DELETE',
      'x-original-url': '/api/v1/keys',
      'x-rewrite-url': '/api/v1/keys',
      'x-forwarded-host': 'evil.example',
    };
    const { keys } = await server.client.call['keys.list']();
    const answer = await ask(`${server.url}/api/v1/health?_method=DELETE`, { headers });
    expect(answer.json).toMatchObject({ ok: true, product: 'slipway' });
    expectProblem(
      await ask(`${server.url}/api/v1/keys/${keys[0]!.id}`, { token, headers }),
      404,
      'route.missing',
    );
    expect((await server.client.call['keys.list']()).keys).toEqual(keys);
  });

  it('that names another host is refused, on every path', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '',
      '[::2]',
      '169.254.169.254',
      'localhost@evil.example',
    ]) {
      for (const path of ['/', '/api/v1/health', '/api/openapi.json', '/api/v1/keys', '/nothing']) {
        const answer = await askRaw(server.url, path, { token, headers: { host } });
        expectProblem(answer, 403, 'access.foreign-host');
      }
    }
    expectRefused(
      await askRaw(server.url, 'http://evil.example/api/v1/keys', { token }),
      'an absolute target',
    );
    const { port } = new URL(server.url);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, 'LOCALHOST', '[::1]']) {
      expect((await askRaw(server.url, '/api/v1/health', { headers: { host } })).status).toBe(200);
    }
  });

  it('that is not HTTP is answered and hung up on', async () => {
    for (const target of ['/ HTTP/9.9\r\nx:', '/\r\n\r\n\u0000']) {
      const answer = await askRaw(server.url, target);
      expect(answer.status).toBeLessThan(500);
    }
    const huge = await askRaw(server.url, '/api/v1/health', { headers: { 'x-huge': 'x'.repeat(70_000) } });
    expectRefused(huge, 'huge headers');
    const smuggling = await askRaw(server.url, '/api/v1/keys', {
      method: 'POST',
      token,
      headers: { 'transfer-encoding': 'chunked', 'content-length': '2' },
      body: '{}',
    });
    expectRefused(smuggling, 'two lengths');
  });
});

describe('after all that', () => {
  it('the server is alive, made no key it was not asked for, and the audit chain holds', async () => {
    const { keys } = await server.client.call['keys.list']();
    expect(keys.map(({ name }) => name).toSorted()).toEqual(['owner', 'x']);
    expect((await server.client.call['audit.list']({ query: { limit: 1000 } })).intact).toBe(true);
  });
});
