import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFailure, isStream, OPERATIONS, type Operation, type OperationId } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient } from './client.ts';
import { waitForJob } from './waiting.ts';

type Heard = { method: string; url: string; headers: IncomingMessage['headers']; body: string };

let server: Server;
let url: string;
let client: Client;
let heard: Heard[];
let answer: (request: Heard, response: ServerResponse) => void;

/** A real server that answers as the test says. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: target = '', headers } = request;
    const one = { method, url: target, headers, body: Buffer.concat(chunks).toString() };
    heard.push(one);
    answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createClient({ server: `${url}/`, token: 'slip_key' });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  heard = [];
  answer = (_request, response) => response.end('{}');
});

const say = (status: number, body: unknown, type = 'application/problem+json') => {
  answer = (_request, response) =>
    response
      .writeHead(status, { 'content-type': type })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
};
const problem = {
  type: 'about:blank',
  title: 'dataset.missing',
  status: 404,
  detail: 'There is no dataset sales.',
  code: 'dataset.missing',
  hint: 'Look at the list.',
  path: 'name',
  details: { name: 'sales' },
  requestId: 'req_1',
};
const failing = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const operations = Object.entries(OPERATIONS) as [OperationId, Operation][];
type AnyCall = (call: unknown) => Promise<unknown>;

describe('a client', () => {
  it.each(operations)('calls %s as the contract says', async (id, operation) => {
    const params = Object.fromEntries(
      Object.keys(operation.params?.shape ?? {}).map((key) => [key, `a ${key}/é`]),
    );
    const body =
      operation.body === undefined
        ? undefined
        : isStream(operation.body)
          ? new TextEncoder().encode('bytes')
          : { some: 'thing' };
    const call = client.call[id] as AnyCall;
    const given = await call({ params, query: { limit: 3, left: undefined, none: null }, body });
    if (isStream(operation.answer)) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of given as AsyncIterable<Uint8Array>) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe('{}');
    } else expect(given).toEqual({});
    const [one] = heard;
    const path = operation.path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(`a ${key}/é`));
    expect(one).toMatchObject({ method: operation.method, url: `${path}?limit=3` });
    expect(one!.headers.authorization).toBe('Bearer slip_key');
    expect(one!.headers['content-type']).toBe(
      operation.body === undefined
        ? undefined
        : isStream(operation.body)
          ? operation.body.stream
          : 'application/json',
    );
    expect(one!.body).toBe(
      operation.body === undefined ? '' : isStream(operation.body) ? 'bytes' : '{"some":"thing"}',
    );
  });

  it('leaves out what need not be said', async () => {
    await client.call['jobs.list']();
    await client.call['monitor.run']({ params: { name: 'x' } });
    expect(heard.map(({ url: target, body }) => [target, body])).toEqual([
      ['/api/v1/jobs', ''],
      ['/api/v1/endpoints/x/monitor', '{}'],
    ]);
  });

  it('never calls another operation because of what a parameter holds', async () => {
    for (const id of ['', '.', '..']) {
      const error = await failing(client.call['keys.revoke']({ params: { id } }));
      expect(error).toMatchObject({ code: 'request.invalid', path: 'id' });
    }
    expect(heard).toEqual([]);
  });

  it('asks an endpoint with the token of the endpoint, not with its own', async () => {
    await client.predict({ url: `${url}/endpoints/x/predict`, token: 'slipt_1' }, [{ a: 1, b: null }]);
    expect(heard[0]).toMatchObject({
      method: 'POST',
      url: '/endpoints/x/predict',
      body: '{"rows":[{"a":1,"b":null}]}',
    });
    expect(heard[0]!.headers.authorization).toBe('Bearer slipt_1');
  });
});

describe('a failed call', () => {
  it('throws the failure with code, words, hint, path, details and request id', async () => {
    say(404, problem);
    const error = await failing(client.call['datasets.get']({ params: { name: 'sales' } }));
    expect(isFailure(error, 'dataset.missing')).toBe(true);
    expect(error).toMatchObject({
      kind: 'missing',
      message: 'There is no dataset sales.',
      hint: 'Look at the list.',
      path: 'name',
      details: { name: 'sales', requestId: 'req_1' },
    });
  });

  it('throws what a newer server told with a code that is unknown here', async () => {
    say(409, { ...problem, code: 'dataset.frozen', detail: 'The dataset is frozen.', details: undefined });
    const error = await failing(client.call['datasets.list']());
    expect(isFailure(error)).toBe(true);
    expect(error).toMatchObject({
      message: 'The dataset is frozen.',
      hint: 'Look at the list.',
      path: 'name',
    });
  });

  it.each([
    ['a page', 502, '<html>Bad gateway</html>', 'text/html'],
    ['nothing', 503, '', 'text/plain'],
    ['another problem', 400, { title: 'no' }, 'application/problem+json'],
    ['JSON that is no object', 500, 'null', 'application/json'],
  ])('whose answer is %s says that this is no Slipway', async (_what, status, body, type) => {
    say(status, body, type);
    const error = await failing(client.call['datasets.list']());
    expect(error).toMatchObject({ code: 'server.strange', message: expect.stringContaining(String(status)) });
  });

  it('that seemed to succeed but gave no JSON says so too', async () => {
    say(200, '<html>Welcome to the router</html>', 'text/html');
    expect(await failing(client.call['datasets.list']())).toMatchObject({ code: 'server.strange' });
  });

  it('of a server that is not there, or hangs up in the middle, is unreachable', async () => {
    const lonely = createClient({ server: 'http://127.0.0.1:9' });
    expect(await failing(lonely.call['system.health']())).toMatchObject({
      code: 'server.unreachable',
      details: { url: 'http://127.0.0.1:9' },
    });
    const wrong = createClient({ server: 'not an address' });
    expect(await failing(wrong.call['system.health']())).toMatchObject({ code: 'server.unreachable' });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"keys":');
      setImmediate(() => response.destroy());
    };
    expect(await failing(client.call['keys.list']())).toMatchObject({ code: 'server.unreachable' });
    const stream = await client.call['jobs.artifact']({ params: { id: 'job_1' } });
    const read = async () => {
      for await (const _ of stream);
    };
    expect(await failing(read())).toMatchObject({ code: 'server.unreachable' });
  });

  it('of a server whose certificate is not trusted says so', async () => {
    const cause = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    const doubtful = createClient({ server: 'https://ml.example', fetch });
    expect(await failing(doubtful.call['system.health']())).toMatchObject({
      code: 'server.untrusted',
      details: { url: 'https://ml.example', reason: 'self-signed certificate' },
    });
  });

  it('that the caller gave up stays an abort', async () => {
    answer = () => {};
    const error = await failing(client.call['keys.list']({}, { signal: AbortSignal.timeout(20) }));
    expect((error as Error).name).toBe('TimeoutError');
  });

  it('is thrown by whoever waits for a job', async () => {
    const failure = {
      code: 'file.empty',
      message: 'The file x is empty.',
      hint: 'h',
      details: {},
      path: 'file',
    };
    say(200, { id: 'job_1', state: 'failed', failure }, 'application/json');
    expect(await failing(waitForJob(client, 'job_1'))).toMatchObject({
      code: 'file.empty',
      path: 'file',
      hint: 'h',
    });
  });
});
