import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CallCount, noPredictionLog } from '../stages/serve/index.ts';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference } from '../testing/running-inference.ts';
import { encodeMessage } from './grpc/schema.ts';
import type { GrpcMethod } from './grpc/transport.ts';
import { createInferenceServer, type InferenceServer } from './inference-server.ts';

let folder: string;
let server: InferenceServer;
let url: string;
let methods: readonly GrpcMethod[];
const kept: CallCount[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-refused-'));
  server = createInferenceServer({
    host: '127.0.0.1',
    port: 0,
    log: noPredictionLog(),
    calls: { append: (_, counts) => void kept.push(...counts), close: async () => {} },
    processPart: 'abcdefgh',
    settings: { grpcPort: 1 },
    grpc: (given) => {
      methods = given;
      return { listen: async () => 1, drain: async () => {} };
    },
  });
  const { port } = await server.listen();
  url = `http://127.0.0.1:${port}`;
  const bundle = await constantBundle(join(folder, 'churn'), 0.7);
  const endpoint = endpointOf('churn', ['good-token'], 3, bundle);
  const routes = endpoint.routes.map((route) => ({ ...route, deployment: 'feedfacefeedface' }));
  await server.apply({ endpoints: [{ ...endpoint, routes }] });
});
afterAll(async () => {
  await server.drain();
  await rm(folder, { recursive: true });
});

const { call, get, post } = inferenceClient(
  () => ({ dataPlane: { url: () => url } }) as RunningInference,
  'good-token',
);
const { 'total charges': _, ...ROW } = GOOD_ROW;
const INPUTS = [{ name: 'age', datatype: 'FP64', shape: [1], data: [41] }];

/** `ModelInfer` over gRPC: a model of columns without the column that it needs. */
async function grpcInfer() {
  const infer = methods.find(({ path }) => path.endsWith('/ModelInfer'))!;
  const inputs = [{ name: 'age', datatype: 'FP64', shape: [1], contents: { fp64_contents: [41] } }];
  const message = encodeMessage('ModelInferRequest', { model_name: 'churn', inputs });
  const header = (name: string) => (name === 'authorization' ? 'Bearer good-token' : undefined);
  const answer = await infer.answer(message, { header, deadlineAt: undefined });
  expect(answer).toHaveProperty('status');
}

it('refused calls are counted the same in every protocol, and what is no call for a prediction is not', async () => {
  const refused = [
    await post('/endpoints/churn/predict', { rows: [ROW] }),
    await post('/v2/models/churn/infer', { inputs: INPUTS }),
    await post('/endpoints/churn/invocations', { dataframe_records: [ROW] }),
    await post('/v1/models/churn:predict', { instances: [ROW] }),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => expect.toSatisfy(isRefusal)));
  await grpcInfer();
  for (let i = 0; i < 3; i++)
    expect((await post('/endpoints/churn/predict', { rows: [GOOD_ROW] })).status).toBe(200);
  expect((await call('/endpoints/churn/predict', { body: '{' })).status).toBe(400);

  await post('/endpoints/churn/predict', { rows: [ROW] }, { authorization: 'Bearer bad' });
  await post('/endpoints/nowhere/predict', { rows: [ROW] });
  await get('/v2/models/churn');
  await get('/endpoints/churn/predict');

  const total = () => kept.reduce((sum, { count }) => sum + count, 0);
  await expect.poll(total).toBe(9);
  const sums = new Map<string, number>();
  for (const { version, deployment, refused: why, count } of kept) {
    expect({ version, deployment }).toEqual({ version: 3, deployment: 'feedfacefeedface' });
    const key = why === undefined ? 'answered' : `${why.code} ${why.column}`;
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  expect(Object.fromEntries(sums)).toEqual({
    answered: 3,
    'predict.missing-column total charges': 5,
    'request.bad-json null': 1,
  });
});

function isRefusal(status: number): boolean {
  return status === 400 || status === 422;
}
