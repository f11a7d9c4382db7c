import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantBundle } from '../../packages/server/src/testing/bundle-builder.ts';
import {
  endpointOf,
  type RunningInference,
  runningInference,
} from '../../packages/server/src/testing/running-inference.ts';
import { ROOT } from '../../scripts/root.mjs';

const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const run = promisify(execFile);

function has(...modules: string[]): boolean {
  return existsSync(PYTHON) && spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status === 0;
}

const hasTriton = has('tritonclient.http', 'tritonclient.grpc');
const hasMlflow = has('mlflow', 'pandas', 'requests');
const hasKserve = has('kserve');

/** Runs a client and gives what it says last. */
async function client(script: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(PYTHON, [join(ROOT, 'tests/clients', script), ...args], { timeout: 90_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
}

/** A port that nobody had a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let closed: RunningInference;
let open: RunningInference;
let grpc: string;
const TOKEN = 'clients-token';
const YES = [expect.closeTo(0.7, 12), expect.closeTo(0.7, 12)];

beforeAll(async () => {
  const grpcPort = await freePort();
  grpc = `127.0.0.1:${grpcPort}`;
  [closed, open] = await Promise.all([
    runningInference({ grpcPort, compressFromBytes: 0 }),
    runningInference(),
  ]);
  const bundle = await constantBundle(join(closed.home, 'churn'), 0.7);
  const endpoint = endpointOf('churn', [TOKEN], 3, bundle);
  await closed.dataPlane.apply({ endpoints: [endpoint] });
  await open.dataPlane.apply({ endpoints: [{ ...endpoint, tokenHashes: 'open' }] });
});
afterAll(() => Promise.all([closed.end(), open.end()]));

const addressOf = ({ dataPlane }: RunningInference) => new URL(dataPlane.url()).host;
const INPUTS = ['age', 'total charges', 'contract', 'active', 'since'];
const INDEX = [{ name: 'churn', version: '3', state: 'READY' }];

describe.skipIf(!hasTriton)('tritonclient, if Python has it', () => {
  it('over HTTP is told all it asks, infers in every form, and hears why it is refused', async () => {
    const told = await client('triton_http.py', addressOf(closed), TOKEN, 'churn');
    expect(told).toMatchObject({
      ...{ live: true, ready: true, model_ready: true, version_ready: true },
      ...{
        server: 'slipway',
        inputs: INPUTS,
        config: 'churn',
        index: INDEX.map((one) => ({ ...one, reason: '' })),
      },
      binary: { value: ['Yes', 'Yes'], yes: YES, id: 'call-1' },
      json: { value: ['Yes', 'Yes'], yes: YES },
      compressed: { value: ['Yes', 'Yes'], yes: YES },
      unload: expect.stringContaining('control plane'),
      unknown: expect.stringContaining('no endpoint nope'),
      stranger: expect.stringContaining('valid key'),
    });
    expect(told.statistics).toBeGreaterThanOrEqual(6);
  });

  it('over gRPC is told all it asks, infers alone, many at once and in a stream', async () => {
    const told = await client('triton_grpc.py', grpc, TOKEN, 'churn');
    expect(told).toMatchObject({
      ...{ live: true, ready: true, model_ready: true, inputs: INPUTS, index: INDEX },
      config: { name: 'age', data_type: 'TYPE_FP64', dims: ['-1'], optional: true },
      extensions: expect.arrayContaining(['statistics']),
      infer: { value: ['Yes', 'Yes'], yes: YES, id: 'call-1' },
      compressed: { value: ['Yes', 'Yes'], yes: YES },
      async: Array.from({ length: 20 }, (_, i) => i),
      stream: ['0', expect.stringContaining('no endpoint nope'), '2'],
      final: [true, true],
      unload: 'StatusCode.PERMISSION_DENIED',
      unknown: 'StatusCode.NOT_FOUND',
      stranger: 'StatusCode.UNAUTHENTICATED',
      version: 'StatusCode.NOT_FOUND',
    });
  });

  it('with asyncio has each of fifty calls at once answered, over HTTP and gRPC', async () => {
    const told = await client('triton_asyncio.py', addressOf(closed), grpc, TOKEN, 'churn');
    const fifty = Array(50).fill(expect.closeTo(0.7, 12));
    expect(told).toEqual({ http: fifty, grpc: fifty });
  });
});

describe.skipIf(!hasMlflow)('mlflow and requests, if Python has them', () => {
  it('score in every form of body at the bare paths', async () => {
    const { hostname, port } = new URL(open.dataPlane.url());
    const told = await client('mlflow_scoring.py', hostname, port);
    const record = {
      value: 'Yes',
      probability_No: expect.closeTo(0.3, 12),
      probability_Yes: expect.closeTo(0.7, 12),
    };
    expect(told).toEqual({
      client: [record, record],
      dataframe_split: [200, 2, 2],
      dataframe_records: [200, 2, 2],
      instances: [200, 2, 2],
      inputs: [200, 2, 2],
      csv: [200, 2],
      ping: [200, 200, 200],
      refused: [400, 'INVALID_PARAMETER_VALUE'],
      'unknown column': [400, 'INVALID_PARAMETER_VALUE'],
    });
  });
});

describe.skipIf(!hasKserve)('the kserve client, if Python has it', () => {
  it('infers in both protocols, by JSON and bytes', async () => {
    const told = await client('kserve_rest.py', closed.dataPlane.url(), TOKEN, 'churn');
    expect(told).toMatchObject({
      ...{ live: true, ready: true, v2_ready: true },
      v1: { predictions: [{ id: expect.stringMatching(/^p_/), value: 'Yes' }] },
      json: { id: 'call-1', yes: YES },
      binary: { id: 'call-1', yes: YES },
    });
  });
});
