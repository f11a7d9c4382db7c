import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../inference/grpc/schema.ts';
import type { GrpcLimits } from '../../inference/index.ts';
import { constantBundle, forestBundle } from '../../testing/bundle-builder.ts';
import { ORDER, ordersBundle } from '../../testing/orders-bundle.ts';
import { endpointOf, type RunningInference, runningInference } from '../../testing/running-inference.ts';
import { createGrpcTransport } from './grpc-transport.ts';

const MIB = 1024 * 1024;
const SERVICE = '/inference.GRPCInferenceService';

let running: RunningInference;
let address: string;
const clients: Client[] = [];

beforeAll(async () => {
  const grpcPort = await freePort();
  address = `127.0.0.1:${grpcPort}`;
  running = await runningInference({ grpcPort, maxBodyBytes: 4 * MIB, maxRows: 100_000, maxInFlight: 4 });
  const churn = await constantBundle(join(running.home, 'churn'), 0.7);
  const forest = { trees: 300, depth: 6, columns: 2, seed: 1 };
  const large = await forestBundle(join(running.home, 'large'), forest);
  const orders = await ordersBundle(join(running.home, 'orders'));
  await running.dataPlane.apply({
    endpoints: [
      endpointOf('churn', ['good-token'], 3, churn),
      endpointOf('large', ['good-token'], 1, large),
      endpointOf('orders', ['good-token'], 1, orders),
      endpointOf('secret', ['other-token'], 3, churn),
    ],
  });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => running.end());

/** A port that nobody had a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function newClient(): Client {
  const client = new Client(address, credentials.createInsecure());
  clients.push(client);
  return client;
}

type Outcome = {
  answer: Record<string, unknown> | undefined;
  code: number;
  headers: Record<string, unknown>;
};

/** A call by a plain client: what came back, and the status. */
function ask(
  method: string,
  [request, response]: [string, string],
  message: object | Buffer,
  { token = 'good-token', deadlineMs = 30_000, client = newClient() } = {},
): Promise<Outcome> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  metadata.set('x-request-id', 'call-7');
  return new Promise((resolve) => {
    let headers = {};
    const call = client.makeUnaryRequest(
      `${SERVICE}/${method}`,
      (value: object | Buffer) => (Buffer.isBuffer(value) ? value : encodeMessage(request, value)),
      (bytes) => decodeMessage(response, bytes),
      message,
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error: ServiceError | null, answer) => resolve({ answer, code: error?.code ?? status.OK, headers }),
    );
    call.on('metadata', (received: Metadata) => {
      headers = received.getMap();
    });
  });
}

const INFER: [string, string] = ['ModelInferRequest', 'ModelInferResponse'];
const infer = (message: object | Buffer, more = {}) => ask('ModelInfer', INFER, message, more);

const charges = {
  name: 'total charges',
  datatype: 'FP64',
  shape: [1],
  contents: { fp64_contents: [1.5] },
};

describe('a call over gRPC', () => {
  it('is answered with typed contents, in raw contents, and names the model and the request', async () => {
    const { answer, code, headers } = await infer({ model_name: 'churn', inputs: [charges] });
    expect(code).toBe(status.OK);
    expect(answer).toMatchObject({ model_name: 'churn', model_version: '3', id: 'call-7' });
    const [, , yes] = answer!.raw_output_contents as Buffer[];
    expect(Buffer.from(yes!).readDoubleLE(0)).toBeCloseTo(0.7, 12);
    expect(headers).toMatchObject({ 'x-request-id': 'call-7', 'x-slipway-model-version': '3' });
  });

  it('may hold every column of the training table', async () => {
    const tensor = (name: string, datatype: string, contents: object) => ({
      name,
      datatype,
      shape: [1],
      contents,
    });
    const text = (value: string) => ({ bytes_contents: [Buffer.from(value)] });
    const inputs = [
      tensor('id', 'INT64', { int64_contents: [ORDER.id] }),
      tensor('constant', 'FP64', { fp64_contents: [ORDER.constant] }),
      tensor('day', 'BYTES', text(ORDER.day)),
      tensor('country', 'BYTES', text(ORDER.country)),
      tensor('amount', 'FP64', { fp64_contents: [ORDER.amount] }),
      tensor('amount_copy', 'BYTES', text('12,5')),
      tensor('express', 'BOOL', { bool_contents: [ORDER.express] }),
      tensor('channel', 'BYTES', text(ORDER.channel)),
      tensor('price', 'FP32', { fp32_contents: [ORDER.price] }),
    ];
    const { answer, code } = await infer({ model_name: 'orders', inputs });
    expect(code).toBe(status.OK);
    const [value] = answer!.raw_output_contents as Buffer[];
    expect(Buffer.from(value!).readDoubleLE(0)).toBe(ORDER.amount);
    const far = { ...inputs[4]!, contents: { fp64_contents: [1e6] } };
    const unseen = await infer({ model_name: 'orders', inputs: inputs.with(4, far) });
    const { warnings } = unseen.answer!.parameters as { warnings: { string_param: string } };
    expect(JSON.parse(warnings.string_param)).toMatchObject([
      { row: 0, code: 'out-of-range', column: 'amount' },
    ]);
  });

  it.each([
    ['an unknown column', { inputs: [{ ...charges, name: 'nope' }] }, status.INVALID_ARGUMENT],
    [
      'half raw contents',
      { inputs: [charges, charges], raw_input_contents: [Buffer.alloc(8)] },
      status.INVALID_ARGUMENT,
    ],
    ['contents elsewhere', { inputs: [{ ...charges, datatype: 'FP32' }] }, status.INVALID_ARGUMENT],
    ['half floats that are not raw', { inputs: [{ ...charges, datatype: 'FP16' }] }, status.INVALID_ARGUMENT],
    ['an unknown output', { inputs: [charges], outputs: [{ name: 'nope' }] }, status.INVALID_ARGUMENT],
    ['a version that is not served', { inputs: [charges], model_version: '9' }, status.NOT_FOUND],
    ['a version that is none', { inputs: [charges], model_version: 'x' }, status.NOT_FOUND],
    ['another endpoint', { inputs: [charges], model_name: 'nope' }, status.NOT_FOUND],
  ])('with %s is refused', async (_, message, expected) => {
    expect((await infer({ model_name: 'churn', ...message })).code).toBe(expected);
  });

  it('without a token, with bytes that are no message, or at a method there is not is refused', async () => {
    const message = { model_name: 'churn', inputs: [charges] };
    expect((await infer(message, { token: 'bad' })).code).toBe(status.UNAUTHENTICATED);
    expect((await infer(Buffer.from([0xff, 0xff]))).code).toBe(status.INVALID_ARGUMENT);
    expect((await ask('LogSettings', INFER, message)).code).toBe(status.UNIMPLEMENTED);
  });

  it('with a token of no endpoint is refused before a message is sent', async () => {
    const metadata = new Metadata();
    metadata.set('authorization', 'Bearer bad');
    const bytes = (message: Buffer) => message;
    for (const method of ['ModelInfer', 'ModelStreamInfer', 'ModelMetadata']) {
      const call = newClient().makeBidiStreamRequest(`${SERVICE}/${method}`, bytes, bytes, metadata);
      const [error] = (await once(call.resume(), 'error')) as [ServiceError];
      expect([method, error.code]).toEqual([method, status.UNAUTHENTICATED]);
    }
  });

  it('with a token of another endpoint is refused before its message is decoded', async () => {
    const named = encodeMessage('ModelInferRequest', { model_name: 'secret' });
    // A tensor whose bytes are none.
    const message = Buffer.concat([Buffer.from([(5 << 3) | 2, 1, 0xff]), named]);
    expect((await infer(message)).code).toBe(status.PERMISSION_DENIED);
    expect((await infer(message, { token: 'other-token' })).code).toBe(status.INVALID_ARGUMENT);
  });

  it('larger than the limit is refused, and the next one answered', async () => {
    const client = newClient();
    const message = { model_name: 'churn', inputs: [charges], id: 'x'.repeat(5 * MIB) };
    expect((await infer(message, { client })).code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await infer({ model_name: 'churn', inputs: [charges] }, { client })).code).toBe(status.OK);
  });

  it('whose caller stopped waiting is not worked on to the end', async () => {
    const rows = 100_000;
    const x0 = { name: 'x0', datatype: 'FP64', shape: [rows] };
    const message = { model_name: 'large', inputs: [x0], raw_input_contents: [Buffer.alloc(8 * rows)] };
    expect((await infer(message, { deadlineMs: 60 })).code).toBe(status.DEADLINE_EXCEEDED);
    await expect.poll(async () => (await running.dataPlane.stats()).inFlight).toBe(0);
    const large = (await running.dataPlane.stats()).endpoints.find(({ name }) => name === 'large');
    expect(large?.predictions).toBe(0);
  });

  it('with a timeout of its own is given up after it', async () => {
    const rows = 50_000;
    const x0 = { name: 'x0', datatype: 'FP64', shape: [rows] };
    const message = {
      ...{ model_name: 'large', inputs: [x0], raw_input_contents: [Buffer.alloc(8 * rows)] },
      parameters: { timeout: { int64_param: 1 } },
    };
    expect((await infer(message)).code).toBe(status.DEADLINE_EXCEEDED);
  });

  it('counts as any other', async () => {
    const { code } = await ask('ModelStatistics', ['ModelRequest', 'ModelStatisticsResponse'], {
      name: 'churn',
    });
    expect(code).toBe(status.OK);
    const reply = await fetch(`${running.dataPlane.url()}/metrics`);
    expect(await reply.text()).toMatch(
      /^slipway_inference_requests_total\{endpoint="churn",code="404"\} \d+$/m,
    );
  });
});

const LIMITS = { maxMessageBytes: MIB, idleMs: 1000, answerMs: 10_000, hold: () => ({ release: () => {} }) };
const begin = () => ({ received: () => {} });

describe('the transport', () => {
  it('says which port it took, and which it could not have', async () => {
    const limits = { ...LIMITS, onError: () => {} };
    const first = createGrpcTransport([], limits);
    const port = await first.listen('127.0.0.1', 0);
    const second = createGrpcTransport([], limits);
    await expect(second.listen('127.0.0.1', port)).rejects.toMatchObject({ code: 'listen.in-use' });
    await first.drain(1000);
  });

  it('ends a call as INTERNAL when the answer cannot be made or sent, reports it once, and answers the next', async () => {
    const reported: unknown[] = [];
    const errors = [new TypeError('in the answer'), new TypeError('in the stream')];
    let answers = 0;
    const answer = async (message: Buffer) => {
      if (answers++ === 0) throw errors[0];
      return { message: [message], headers: {} };
    };
    const answerStream = async (message: Buffer) => {
      if (message.length > 0) throw errors[1];
      return { message: [message], headers: {} };
    };
    const badHeader = async (message: Buffer) => ({
      message: [message],
      headers: { 'x-bad': 'line\nbreak' },
    });
    const transport = createGrpcTransport(
      [
        { path: `${SERVICE}/ModelInfer`, isStream: false, begin, answer },
        { path: `${SERVICE}/ServerLive`, isStream: false, begin, answer: badHeader },
        { path: `${SERVICE}/ModelStreamInfer`, isStream: true, begin, answer: answerStream },
      ],
      { ...LIMITS, onError: (error) => reported.push(error) },
    );
    const port = await transport.listen('127.0.0.1', 0);
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    clients.push(client);
    expect((await infer({ model_name: 'a' }, { client })).code).toBe(status.INTERNAL);
    expect((await infer({ model_name: 'a' }, { client })).code).toBe(status.OK);
    expect(reported).toEqual([errors[0]]);
    expect((await ask('ServerLive', INFER, {}, { client })).code).toBe(status.INTERNAL);
    expect(reported).toHaveLength(2);
    const bytes = (message: Buffer) => message;
    const stream = client.makeBidiStreamRequest(`${SERVICE}/ModelStreamInfer`, bytes, bytes);
    const ended = once(stream, 'error') as Promise<[ServiceError]>;
    stream.resume().write(Buffer.from('x'));
    expect((await ended)[0].code).toBe(status.INTERNAL);
    expect(reported.slice(2)).toEqual([errors[1]]);
    expect((await infer({ model_name: 'a' }, { client })).code).toBe(status.OK);
    await transport.drain(1000);
  });

  type Answer = (
    message: Buffer,
  ) => Promise<{ message: Buffer[]; headers: Record<string, string>; sent?: () => void }>;

  /** A server that answers by itself. */
  async function serving(answer: Answer, limits: Partial<GrpcLimits> = {}) {
    const method = { path: `${SERVICE}/ModelStreamInfer`, isStream: true, begin, answer };
    const transport = createGrpcTransport([method], { ...LIMITS, onError: () => {}, ...limits });
    return { transport, port: await transport.listen('127.0.0.1', 0) };
  }

  /** A stream to it. */
  async function streaming(...asked: Parameters<typeof serving>) {
    const { transport, port } = await serving(...asked);
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    });
    clients.push(client);
    const bytes = (message: Buffer) => message;
    const stream = client.makeBidiStreamRequest(`${SERVICE}/ModelStreamInfer`, bytes, bytes);
    return { transport, stream };
  }

  /** A caller of whose answer nothing is read until it is told: grpc-js reads a message to its end. */
  function unread(port: number) {
    const session = connect(`http://127.0.0.1:${port}`);
    const path = `${SERVICE}/ModelStreamInfer`;
    const request = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    request.on('error', () => {});
    return { session, request };
  }

  const frame = Buffer.from([0, 0, 0, 0, 1, 97]);

  it('gives back the memory of an answer when it was read, not before', async () => {
    const sent: string[] = [];
    const { transport, port } = await serving(async (message) => ({
      ...{ message: [Buffer.alloc(8 * MIB)], headers: {} },
      sent: () => sent.push(message.toString()),
    }));
    const { session, request } = unread(port);
    request.end(frame);
    await once(request, 'response');
    expect(sent).toEqual([]);
    request.resume();
    await once(request, 'end');
    expect(sent).toEqual(['a']);
    session.close();
    await transport.drain(1000);
  });

  it('cuts a caller that does not read its answer, and gives the memory back', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answer: Answer = async () => ({ message: [Buffer.alloc(8 * MIB)], headers: {}, sent: release });
    const { transport, port } = await serving(answer, { answerMs: 50 });
    const { session, request } = unread(port);
    const closed = once(request, 'close');
    request.write(frame);
    await released;
    await closed;
    expect(request.rstCode).toBe(constants.NGHTTP2_CANCEL);
    session.close();
    await transport.drain(1000);
  });

  it('sends a large message in parts as the same bytes, between small ones, with turns for others meanwhile', async () => {
    const large = [
      Buffer.alloc(3),
      Buffer.alloc(5 * MIB, 'abc'),
      Buffer.alloc(0),
      Buffer.alloc(2 * MIB, 'xyz'),
    ];
    const { transport, stream } = await streaming(async (message) => ({
      message: message.toString() === 'large' ? large : [message],
      headers: {},
    }));
    const received: Buffer[] = [];
    stream.on('data', (message: Buffer) => received.push(message));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for (const text of ['one', 'large', 'two', 'large']) stream.write(Buffer.from(text));
    stream.end();
    await once(stream, 'end');
    clearInterval(timer);
    const whole = Buffer.concat(large);
    expect(received.map((message) => message.length)).toEqual([3, whole.length, 3, whole.length]);
    expect([received[1]!.equals(whole), received[3]!.equals(whole)]).toEqual([true, true]);
    expect(turns).toBeGreaterThan(0);
    await transport.drain(1000);
  });

  it('holds one message of a stream while another is answered, and refuses it where there is no memory', async () => {
    const held: number[] = [];
    const hold = (bytes: number) => {
      held.push(bytes);
      return {
        release: () => {
          held.push(-bytes);
        },
      };
    };
    const echo = async (message: Buffer) => ({ message: [message], headers: {} });
    const { transport, stream } = await streaming(echo, { hold });
    const sizes = [1, 2, 3, 4, 5].map((kilobytes) => kilobytes * 1000);
    for (const size of sizes) stream.write(Buffer.alloc(size));
    stream.end();
    const answers: number[] = [];
    for await (const message of stream as AsyncIterable<Buffer>) answers.push(message.length);
    expect(answers).toEqual(sizes);
    let most = 0;
    for (let at = 0, now = 0; at < held.length; at++) {
      now += held[at]!;
      most = Math.max(most, now);
    }
    expect(held.reduce((sum, bytes) => sum + bytes, 0)).toBe(0);
    expect(most).toBeLessThanOrEqual(5000);
    await transport.drain(1000);

    let finish = (): void => {};
    const first = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = async (message: Buffer) => {
      await first;
      return { message: [message], headers: {} };
    };
    const full = () => ({ status: status.RESOURCE_EXHAUSTED, says: 'too much', headers: {} });
    const refused = await streaming(slow, { hold: full });
    const ended = once(refused.stream.resume(), 'error') as Promise<[ServiceError]>;
    refused.stream.write(Buffer.from('a'));
    refused.stream.write(Buffer.from('b'));
    expect((await ended)[0]).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: 'too much' });
    finish();
    await refused.transport.drain(1000);
  });

  it('that drains cuts a stream that is kept open, at the deadline', async () => {
    const { transport, stream } = await streaming(async (message) => ({ message: [message], headers: {} }));
    const ended = once(stream, 'error') as Promise<[ServiceError]>;
    stream.write(Buffer.from('a'));
    await once(stream, 'data');
    await transport.drain(100);
    expect((await ended)[0].code).toBe(status.CANCELLED);
  });

  it('that drains answers what is under way, takes nothing new, and cuts what outlasts the deadline', async () => {
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const answer = async (message: Buffer) => {
      arrived();
      await held;
      return { message: [message], headers: {} };
    };
    const transport = createGrpcTransport(
      [{ path: `${SERVICE}/ModelInfer`, isStream: false, begin, answer }],
      {
        ...LIMITS,
        onError: () => {},
      },
    );
    const port = await transport.listen('127.0.0.1', 0);
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    clients.push(client);
    const underWay = infer({ model_name: 'kept' }, { client });
    await arrival;
    const drained = transport.drain(10_000);
    finish();
    expect((await underWay).code).toBe(status.OK);
    await drained;
    expect((await infer({}, { client, deadlineMs: 500 })).code).not.toBe(status.OK);
  });
});
