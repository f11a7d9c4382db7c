import { OPERATIONS, type OperationId, PERMISSIONS, problemSchema } from '@slipway/contract';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Handlers } from './handler-types.ts';
import { buildHttpServer } from './server.ts';

const DOWNLOAD = '/api/v1/jobs/job_1/artifact';
const SECRET = 'postgres://admin:hunter2@db.internal/slipway';
const logged: { requestId: string; operation: string; cause: unknown }[] = [];
let thrown: unknown;
/** What a download gives before it throws. */
let parts: Uint8Array[] = [];
let server: FastifyInstance;
let url: string;

beforeAll(async () => {
  const broken = async () => {
    throw thrown;
  };
  let requests = 0;
  server = await buildHttpServer({
    handlers: {
      ...Object.fromEntries((Object.keys(OPERATIONS) as OperationId[]).map((id) => [id, broken])),
      'jobs.artifact': async () => brokenDownload(),
      'uploads.create': async ({ body }: { body: AsyncIterable<Uint8Array> }) => {
        for await (const _ of body) throw thrown;
      },
    } as unknown as Handlers,
    authenticate: async () => ({ id: 'key_1', name: 'me', permissions: new Set(PERMISSIONS) }),
    logFailure: (entry) => logged.push(entry),
    noteDenial: () => {},
    newRequestId: () => `req_${++requests}`,
    version: '0.0.0',
    host: '127.0.0.1',
    allowedHosts: [],
    limits: { maxBodyBytes: 1024 },
    openWork: { isOpen: async () => false },
    consoleFolder: undefined,
    isSecure: false,
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

async function* brokenDownload(): AsyncGenerator<Uint8Array> {
  yield* parts;
  throw thrown;
}

const strange: [string, unknown][] = [
  ['an error', new Error(`connection to ${SECRET} failed`)],
  [
    'an error with a code of its own',
    Object.assign(new Error(SECRET), { code: 'ECONNREFUSED', path: SECRET }),
  ],
  ['an error with a cause', new Error('query failed', { cause: new Error(SECRET) })],
  ['an error that claims a status', Object.assign(new Error(SECRET), { statusCode: 200 })],
  ['a text', SECRET],
  ['an object', { message: SECRET, stack: SECRET }],
  ['nothing', undefined],
  [
    'an error named like a property of every object',
    Object.assign(new Error(SECRET), { code: 'toString', kind: 'x' }),
  ],
];

describe('a fault of ours', () => {
  it.each(strange)('told by throwing %s shows the caller a request id and no more', async (_what, error) => {
    thrown = error;
    logged.length = 0;
    const response = await fetch(`${url}/api/v1/status`, { headers: { authorization: 'Bearer x' } });
    const text = await response.text();
    const problem = problemSchema.parse(JSON.parse(text));
    expect(response.status).toBe(500);
    expect(problem).toMatchObject({ code: 'internal', status: 500, details: {} });
    expect(text).not.toMatch(/hunter2|at .*\.ts|node_modules|query failed/);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ requestId: problem.requestId, operation: '/api/v1/status' });
    if (error !== undefined) expect(logged[0]!.cause).toBe(error);
  });

  it('in a download is answered before the first byte, and cuts the connection after it; logged once either way', async () => {
    thrown = new Error(SECRET);
    const headers = { authorization: 'Bearer x' };
    logged.length = 0;
    parts = [];
    const answered = await fetch(`${url}${DOWNLOAD}`, { headers });
    const problem = problemSchema.parse(await answered.json());
    expect(answered.status).toBe(500);
    expect(logged).toEqual([{ requestId: problem.requestId, operation: expect.any(String), cause: thrown }]);

    parts = [new Uint8Array(100_000), new Uint8Array(100_000)];
    const cut = await fetch(`${url}${DOWNLOAD}`, { headers });
    await expect(cut.arrayBuffer()).rejects.toThrow();
    expect(logged.slice(1)).toEqual([
      { requestId: cut.headers.get('x-request-id'), operation: expect.any(String), cause: thrown },
    ]);
    expect((await fetch(`${url}/api/v1/nothing`, { headers })).status).toBe(404);
  });

  it('in the midst of an upload is answered and logged once, and the next request served', async () => {
    thrown = new Error(SECRET);
    logged.length = 0;
    const response = await fetch(`${url}/api/v1/uploads?filename=a.csv`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'application/octet-stream' },
      body: new Uint8Array(300_000),
    });
    expect(response.status).toBe(500);
    expect(logged).toHaveLength(1);
    expect((await fetch(`${url}/api/v1/nothing`)).status).toBe(404);
  });

  it('in a write of a body does not repeat the body', async () => {
    thrown = new Error('no');
    const response = await fetch(`${url}/api/v1/keys`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'a-name-to-look-for', role: 'viewer' }),
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('a-name-to-look-for');
    expect(JSON.stringify(logged)).not.toContain('a-name-to-look-for');
  });
});
