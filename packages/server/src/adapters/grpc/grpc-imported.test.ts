import { once } from 'node:events';
import { createServer } from 'node:net';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../inference/grpc/schema.ts';
import { importedBundle } from '../../testing/imported-bundle.ts';
import { endpointOf, type RunningInference, runningInference } from '../../testing/running-inference.ts';
import { denseModel } from '../../testing/sample-onnx.ts';
import { modelProcesses } from '../onnx/index.ts';
import { predictionLogReader } from '../prediction-log/index.ts';

let running: RunningInference;
let client: Client;

beforeAll(async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: grpcPort } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  running = await runningInference({ grpcPort, modelProcesses: 1 });
  const asked = { task: 'multiclass' as const, classes: ['no', 'maybe', 'yes'] };
  const processes = modelProcesses(running.modelEntry);
  const dense = await importedBundle(running.home, processes, denseModel(), asked);
  await running.dataPlane.apply({ endpoints: [endpointOf('dense', ['secret'], 1, dense)] });
  client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
}, 120_000);
afterAll(async () => {
  client?.close();
  await running?.end();
});

type Outcome = { code: number; says: string; answer: Record<string, unknown> | undefined };

function infer(x: number[], more: object = {}, headers: Record<string, string> = {}): Promise<Outcome> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ authorization: 'Bearer secret', ...headers }))
    metadata.set(name, value);
  const message = {
    model_name: 'dense',
    inputs: [{ name: 'x', datatype: 'FP32', shape: [x.length / 8, 8], contents: { fp32_contents: x } }],
    ...more,
  };
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/inference.GRPCInferenceService/ModelInfer',
      (value: object) => encodeMessage('ModelInferRequest', value),
      (bytes) => decodeMessage('ModelInferResponse', bytes),
      message,
      metadata,
      { deadline: Date.now() + 30_000 },
      (error: ServiceError | null, answer) =>
        resolve({ code: error?.code ?? status.OK, says: error?.details ?? '', answer }),
    );
  });
}

const X = [1, 2, 3, 4, 5, 6, 7, 8];
const NAMED = { parameters: { prediction_id: { bool_param: true } } };

describe('an imported model over gRPC', () => {
  it('runs and logs tensors once under an id of the caller, by metadata and by the id of the message', async () => {
    const first = await infer(X, { id: 'lead-1', ...NAMED });
    expect(first.code).toBe(status.OK);
    const again = await infer(X, {}, { 'x-slipway-prediction-id': 'lead-1' });
    expect(again.answer!.raw_output_contents).toEqual(first.answer!.raw_output_contents);
    const other = await infer(X.toReversed(), { id: 'lead-1', ...NAMED });
    expect([other.code, other.says]).toEqual([status.ALREADY_EXISTS, expect.stringContaining('lead-1')]);
    expect((await infer([...X, ...X], {}, { 'x-slipway-prediction-id': 'pair' })).code).toBe(status.OK);
    const ids = async () => {
      const found: string[] = [];
      for await (const batch of predictionLogReader(running.logDir).read('dense', {}))
        found.push(...batch.map(({ id }) => id));
      return found.toSorted();
    };
    await expect.poll(ids, { timeout: 10_000 }).toEqual(['lead-1', 'pair.0', 'pair.1']);
  });

  it('echoes an id that does not name the predictions, and refuses one that cannot', async () => {
    expect((await infer(X, { id: 'lead-1' })).answer).toMatchObject({ id: 'lead-1' });
    expect((await infer(X.toReversed(), { id: 'lead-1' })).code).toBe(status.OK);
    expect((await infer(X, { id: 'a b', ...NAMED })).code).toBe(status.INVALID_ARGUMENT);
  });
});
