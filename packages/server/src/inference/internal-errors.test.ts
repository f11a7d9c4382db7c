import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/index.ts';
import { createAdmission } from './admission.ts';
import { noCallCounter } from './call-counter.ts';
import type { InferenceContext } from './context.ts';
import type { Answer, Dialect } from './dialects/dialect.ts';
import { endpointMetrics } from './endpoint-metrics.ts';
import { answer } from './exchange.ts';
import { grpcMethods } from './grpc/grpc-methods.ts';
import { encodeMessage } from './grpc/schema.ts';
import { requestHandler } from './handle-request.ts';
import { internalErrors, reporting } from './internal-errors.ts';
import { outbox } from './outbox.ts';
import { pathsOf } from './paths.ts';
import { problemJson } from './problem.ts';
import { inferenceDefaults } from './settings.ts';
import { tracer } from './tracing/tracer.ts';
import { workTurns } from './work-turns.ts';

/** Which part throws: only for requests that say so. */
let broken: string | undefined;
const breaksAt = (part: string): void => {
  if (broken === part) throw new TypeError(`broken at ${part}`);
};

let told: { cause: unknown; requestId: string }[];
let context: InferenceContext;
let server: Server;

const good: Answer = (_, exchange, body) => answer(exchange, 200, 'text/plain', `got ${body.length} bytes`);

const ANSWERS: Record<string, Answer> = {
  '/good': good,
  '/sync': () => breaksAt('/sync'),
  '/promise': async () => breaksAt('/promise'),
  '/later-part': async ({ turns }, exchange) => {
    await turns.again();
    breaksAt('/later-part');
    answer(exchange, 200, 'text/plain', '');
  },
  '/bad-header': (_, exchange) => answer(exchange, 200, 'text/plain', 'x', ['x-bad', 'line\nbreak']),
  '/bad-route': (_, exchange) => {
    const route = {
      get headers() {
        throw new TypeError('broken at /bad-route');
      },
    };
    Object.assign(exchange, { route });
    answer(exchange, 200, 'text/plain', 'x'.repeat(2000));
  },
  '/begun': (_, { response }) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('so far');
    breaksAt('/begun');
  },
  '/answered': (...given) => {
    void good(...given);
    breaksAt('/answered');
  },
};

const dialects: Dialect[] = [
  {
    id: 'plain',
    failure: (failure, requestId) => {
      breaksAt('failure writer');
      return { ...problemJson(failure, requestId), contentType: 'application/plain+json' };
    },
    actions: Object.entries(ANSWERS).flatMap(([path, action]) => [
      { method: 'POST' as const, path, answer: action, checkMedium: () => {} },
      { method: 'GET' as const, path: `/get${path}`, answer: action },
    ]),
  },
];

beforeAll(async () => {
  const settings = { ...inferenceDefaults(), compressFromBytes: 1000 };
  const errors = internalErrors((failure, requestId) => {
    told.push({ cause: failure.cause, requestId });
    breaksAt('log');
  });
  const onError = reporting(errors);
  const answers = outbox(onError);
  const admission = createAdmission(settings);
  const turns = workTurns(1000, onError, () => answers.leave());
  const parts = {
    settings,
    clock: systemClock,
    admission: {
      ...admission,
      hold(bytes: number) {
        breaksAt('body data');
        admission.hold(bytes);
      },
    },
    turns: {
      ...turns,
      run(work: () => void) {
        breaksAt('body end');
        if (broken === 'later turn') setImmediate(work);
        else turns.run(work);
      },
    },
    outbox: answers,
    calls: { ...noCallCounter(), count: () => breaksAt('call counter') },
    tracer: tracer({ sink: undefined, samplePercent: 0, now: Date.now }),
    observe: () => breaksAt('observer'),
    otherMetrics: endpointMetrics(),
    errors,
    live: new Map(),
    phase: 'ready' as const,
  } satisfies Partial<InferenceContext>;
  context = parts as unknown as InferenceContext;
  const paths = pathsOf(context.live, dialects);
  let requests = 0;
  server = createServer(
    requestHandler({
      context,
      dialects,
      paths: () => paths,
      checkHost: () => breaksAt('host check'),
      newRequestId: () => {
        breaksAt('request id');
        return `req_${++requests}`;
      },
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  context.admission.stop();
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  told = [];
});
afterEach(() => {
  broken = undefined;
});

type Reply = { status: number; headers: IncomingHttpHeaders; text: string };

/** One request on a connection of its own; rejects when that is cut. */
function ask(path: string, { method = 'POST', headers = {}, body = 'body' as string | Buffer } = {}) {
  const { port } = server.address() as { port: number };
  return new Promise<Reply>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    sent.on('error', reject);
    sent.end(method === 'GET' ? undefined : body);
  });
}

const errorsCounted = () => context.errors.counts();
const GZIP = { 'content-encoding': 'gzip' };

describe('an error of ours', () => {
  const places: [part: string, path: string, asked?: Parameters<typeof ask>[1]][] = [
    ['host check', '/good'],
    ['/sync', '/sync'],
    ['/sync', '/get/sync', { method: 'GET' }],
    ['/promise', '/promise'],
    ['/promise', '/get/promise', { method: 'GET' }],
    ['/later-part', '/later-part'],
    ['later turn', '/bad-route'],
    ['body data', '/good'],
    ['body data', '/good', { headers: GZIP, body: gzipSync('body') }],
    ['body end', '/good'],
    ['body end', '/good', { headers: GZIP, body: gzipSync('body') }],
    ['the header of an answer', '/bad-header'],
    ['the route of an answer', '/bad-route'],
    ['the route of a compressed answer', '/bad-route', { headers: { 'accept-encoding': 'gzip' } }],
  ];

  it.each(places)(
    'at %s of %s is answered 500 with the request id, logged once and counted',
    async (part, path, asked) => {
      const before = errorsCounted();
      broken = part;
      const reply = await ask(path, { ...asked, headers: { ...asked?.headers, 'x-request-id': 'call-7' } });
      broken = undefined;
      expect(reply.status).toBe(500);
      expect(reply.headers['x-request-id']).toBe('call-7');
      expect(JSON.parse(reply.text)).toMatchObject({ code: 'internal', requestId: 'call-7', details: {} });
      expect(reply.text).not.toContain('broken');
      expect(told).toEqual([{ cause: expect.any(TypeError), requestId: 'call-7' }]);
      expect(errorsCounted()).toEqual({ ...before, requests: before.requests + 1 });
      expect(await ask('/good')).toMatchObject({ status: 200, text: 'got 4 bytes' });
    },
  );

  it('before the request has a name is answered 500 all the same', async () => {
    const before = errorsCounted();
    broken = 'request id';
    expect((await ask('/good')).status).toBe(500);
    expect(told).toHaveLength(1);
    expect(errorsCounted()).toEqual({ ...before, background: before.background + 1 });
  });

  it('in a dialect that cannot tell failures is told as a problem', async () => {
    broken = 'failure writer';
    const refused = await ask('/get/good', { headers: { 'x-request-id': 'call-8' } });
    expect(refused).toMatchObject({ status: 405, headers: { 'content-type': 'application/problem+json' } });
    expect(told).toHaveLength(1);
    const told500 = await ask('/bad-header', { headers: { 'x-request-id': 'call-8' } });
    expect(told500.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(told500.text)).toMatchObject({ status: 500, requestId: 'call-8' });
  });

  it('after an answer has begun cuts the connection, so that a part is not taken for the whole', async () => {
    broken = '/begun';
    await expect(ask('/begun')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(told).toHaveLength(1);
  });

  it('after the answer is on its way leaves that to the caller, and is logged', async () => {
    broken = '/answered';
    expect(await ask('/answered')).toMatchObject({ status: 200 });
    expect(told).toHaveLength(1);
  });

  it('in who watches the answers takes nothing from the callers', async () => {
    broken = 'observer';
    const replies = await Promise.all(Array.from({ length: 20 }, () => ask('/good')));
    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(told).toHaveLength(20);
  });

  it('in the log itself changes nothing for the caller', async () => {
    broken = 'log';
    expect((await ask('/bad-header')).status).toBe(500);
  });

  it('over gRPC is told as INTERNAL with the request id, logged once and counted, and leaves nothing of admission', async () => {
    const broken = {
      ...context,
      observe: () => {
        throw new TypeError('observer');
      },
      get live(): never {
        throw new TypeError('live');
      },
    } as InferenceContext;
    const method = grpcMethods(broken, () => 'grpc-1').find(({ path }) => path.endsWith('/ModelInfer'))!;
    const before = errorsCounted();
    const peer = { header: () => undefined, deadlineAt: undefined };
    const reply = await method.answer(encodeMessage('ModelInferRequest', { model_name: 'churn' }), peer);
    expect(reply).toMatchObject({ status: 13, headers: { 'x-request-id': 'grpc-1' } });
    expect(told.map(({ cause, requestId }) => [(cause as Error).message, requestId])).toEqual([
      ['live', 'grpc-1'],
      ['observer', 'grpc-1'],
    ]);
    expect(errorsCounted().requests).toBe(before.requests + 2);
    expect(context.admission.state().inFlight).toBe(0);
  });

  it('leaves nothing of admission behind, however many there were', async () => {
    for (const [part, path, asked] of places) {
      broken = part;
      const replies = await Promise.all(Array.from({ length: 25 }, () => ask(path, asked)));
      expect(new Set(replies.map(({ status }) => status)), part).toEqual(new Set([500]));
    }
    broken = undefined;
    expect(context.admission.state()).toMatchObject({ inFlight: 0, receiving: 0, shed: 0 });
    expect(context.turns.state().waiting).toBe(0);
    const { maxBufferedBytes } = context.settings;
    context.admission.hold(maxBufferedBytes);
    context.admission.release(maxBufferedBytes);
  });
});
