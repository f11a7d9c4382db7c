import { join } from 'node:path';
import type { GraphNode } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBundleFolderStore } from '../adapters/bundles/index.ts';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { loadEngine } from '../stages/serve/index.ts';
import { freePort } from '../testing/free-port.ts';
import { type GraphModels, graphBundle } from '../testing/graph-bundle.ts';
import { grpcCaller } from '../testing/grpc-infer.ts';
import { importedBundle, newSigner } from '../testing/imported-bundle.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { type LinearModel, linearEngineFile } from '../testing/linear-models.ts';
import { modelPids } from '../testing/model-pids.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';
import { classifierModel, columnsModel } from '../testing/sample-onnx.ts';

const CHURN: LinearModel = {
  classes: ['no', 'yes'],
  target: 'churned',
  base: [0.2],
  weights: { age: [0.05] },
};
/** Of the imported model: X·W + b. */
const W = [
  [0.1, -0.1],
  [-0.5, 0.5],
];
const B = [0.3, 0];

const RUN_TIMEOUT_MS = 3000;

let running: RunningInference;
let models: GraphModels;
let grpcAddress: string;
const client = inferenceClient(() => running, 'secret');
const bundles = new Map<string, Awaited<ReturnType<typeof graphBundle>>>();

const net = (name: string, more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  model: 'net@1',
  features: ['age', 'visits'],
  ...more,
});
const GRAPHS: Record<string, GraphNode> = {
  mean: {
    name: 'mean',
    ensemble: { method: 'mean', members: [net('net', { weight: 3 }), { name: 'own', model: 'churn@1' }] },
  },
  branches: {
    name: 'branches',
    switch: {
      cases: [net('net', { when: { column: 'age', range: { above: 40 } } })],
      default: { name: 'own', model: 'churn@1' },
    },
  },
  steps: {
    name: 'steps',
    sequence: [
      { name: 'sum', model: 'sum@1', outputs: { total: 'value' } },
      { name: 'own', model: 'churn@1', columns: { age: 'total' } },
    ],
  },
  trees: { name: 'trees', model: 'churn@1' },
};

beforeAll(async () => {
  const grpcPort = await freePort();
  grpcAddress = `127.0.0.1:${grpcPort}`;
  running = await runningInference({ modelRunTimeoutMs: RUN_TIMEOUT_MS, grpcPort });
  const processes = modelProcesses(running.modelEntry);
  const signer = newSigner();
  const store = createBundleFolderStore(join(running.home, 'graphs'), signer);
  models = {
    churn: CHURN,
    net: await importedBundle(running.home, processes, classifierModel(W, B), {
      task: 'binary',
      classes: ['no', 'yes'],
    }),
    sum: await importedBundle(running.home, processes, columnsModel(), { task: 'regression' }),
  };
  for (const [name, graph] of Object.entries(GRAPHS))
    bundles.set(name, await graphBundle(graph, models, { store, signer, processes }));
  await apply();
}, 180_000);
afterAll(() => running?.end());

async function apply(names: readonly string[] = Object.keys(GRAPHS)) {
  const endpoints = names.map((name) => endpointOf(name, ['secret'], 1, bundles.get(name)!));
  const outcomes = await running.dataPlane.apply({ endpoints });
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
}

type Row = { age: number | null; visits: number };
const ROWS: Row[] = [
  { age: 31, visits: 2 },
  { age: 55, visits: -3 },
  { age: 41, visits: 0 },
  { age: -8, visits: 7 },
];

/** The probability of yes by hand. */
function byNet({ age, visits }: Row): number {
  const [no, yes] = B.map((b, k) => Math.exp(age! * W[0]![k]! + visits * W[1]![k]! + b)) as [number, number];
  return yes / (no + yes);
}

const byChurn = (age: number) => 1 / (1 + Math.exp(-(0.2 + 0.05 * age)));

type Told = { predictions: { id: string; value: string; probabilities: { no: number; yes: number } }[] };

async function ask(endpoint: string, rows: readonly object[], query = '') {
  const reply = await client.post(`/endpoints/${endpoint}/predict${query}`, { rows });
  return { ...reply, told: reply.json() as Told };
}

function agree({ predictions }: Told, expected: readonly number[]): void {
  expect(predictions).toHaveLength(expected.length);
  for (const [i, { value, probabilities }] of predictions.entries()) {
    expect(probabilities.yes).toBeCloseTo(expected[i]!, 5);
    expect(probabilities.no + probabilities.yes).toBeCloseTo(1, 5);
    expect(value).toBe(expected[i]! >= 0.5 ? 'yes' : 'no');
  }
}

/** Process ids of the model processes that hold a file of a bundle. */
const processesOf = (name: string): number[] => modelPids(bundles.get(name)!.folder);

describe('an inference graph with imported models', () => {
  it('answers as its models do, put together by hand', async () => {
    agree(
      (await ask('mean', ROWS)).told,
      ROWS.map((row) => (3 * byNet(row) + byChurn(row.age!)) / 4),
    );
    agree(
      (await ask('branches', ROWS)).told,
      ROWS.map((row) => (row.age! > 40 ? byNet(row) : byChurn(row.age!))),
    );
    agree(
      (await ask('steps', ROWS)).told,
      ROWS.map(({ age, visits }) => byChurn(2 * age! + visits)),
    );
  });

  it('was tried on golden rows that are made of those of its models', () => {
    for (const name of ['mean', 'branches', 'steps']) {
      const { golden } = bundles.get(name)!;
      expect(golden.rows.length).toBeGreaterThan(0);
      expect(Object.keys(golden.rows[0]!).sort()).toEqual(['age', 'visits']);
    }
  });

  it('answers the same over V2, MLflow and KServe V1, and in a large request', async () => {
    const expected = ROWS.map((row) => (3 * byNet(row) + byChurn(row.age!)) / 4);
    const inputs = (['age', 'visits'] as const).map((name) => ({
      name,
      datatype: 'FP64',
      shape: [ROWS.length],
      data: ROWS.map((row) => row[name]),
    }));
    const v2 = (await client.post('/v2/models/mean/infer', { inputs })).json() as {
      outputs: { name: string; data: number[] }[];
    };
    const shares = v2.outputs.find(({ name }) => name === 'probability_yes')!.data;
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i]!, 5);
    agree((await client.post('/v1/models/mean:predict', { instances: ROWS })).json() as Told, expected);
    const mlflow = (
      await client.post('/endpoints/mean/invocations', { dataframe_records: ROWS })
    ).json() as Told;
    expect(mlflow.predictions.map(({ value }) => value)).toEqual(
      expected.map((p) => (p >= 0.5 ? 'yes' : 'no')),
    );
    const many = Array.from({ length: 3000 }, (_, i) => ROWS[i % ROWS.length]!);
    agree(
      (await ask('mean', many)).told,
      many.map((_, i) => expected[i % ROWS.length]!),
    );
  });

  it('answers over gRPC', async () => {
    const grpc = grpcCaller(grpcAddress, 'secret');
    // The class is text, with its length before it: "yes" of two rows.
    expect(await grpc.infer('steps', [2], ['age', 'visits'])).toEqual({
      code: 0,
      says: '',
      bytes: 2 * (4 + 3),
    });
    grpc.close();
  });

  it('gives callers their own answers, whoever shares their run', async () => {
    const calls = Array.from({ length: 40 }, (_, i) => [{ age: i, visits: i % 5 }]);
    const replies = await Promise.all(calls.map((rows) => ask('mean', rows)));
    for (const [i, { told }] of replies.entries()) agree(told, [(3 * byNet(calls[i]![0]!) + byChurn(i)) / 4]);
  });

  it('says what its nodes answered, also of predictions that are answered again', async () => {
    const headers = { 'x-slipway-prediction-id': 'order-7' };
    const post = (query: string) =>
      client.post(`/endpoints/mean/predict${query}`, { rows: [ROWS[1]] }, headers);
    const first = (await post('')).json() as Told;
    const again = (await post('?nodes=true')).json() as {
      predictions: {
        id: string;
        nodes: { node: string; model?: string; probabilities: { yes: number } }[];
      }[];
    };
    expect(again.predictions[0]!.id).toBe(first.predictions[0]!.id);
    const { nodes } = again.predictions[0]!;
    expect(nodes.map(({ node, model }) => [node, model])).toEqual([
      ['mean/net', 'net@1'],
      ['mean/own', 'churn@1'],
      ['mean', undefined],
    ]);
    expect(nodes[0]!.probabilities.yes).toBeCloseTo(byNet(ROWS[1]!), 5);
  });

  it('refuses a value that a tensor cannot hold with its row and column, and explains nothing', async () => {
    const reply = await ask('steps', [
      { age: 1, visits: 2 },
      { age: 1, visits: 2.5 },
    ]);
    expect(reply.status).toBe(422);
    expect(reply.json()).toMatchObject({
      code: 'graph.node-failed',
      path: 'rows[1].visits',
      details: { node: 'steps/sum', model: 'sum@1' },
    });
    expect((await ask('mean', [ROWS[0]!], '?explain=true')).json()).toMatchObject({
      code: 'graph.no-explanation',
    });
    expect((await ask('steps', [{ age: 3e38, visits: 1 }])).json()).toMatchObject({
      code: 'graph.not-finite',
      path: 'rows[0]',
    });
  });

  it('counts what its nodes do, and tells of its processes', async () => {
    await ask('branches', ROWS);
    const metrics = (await client.get('/metrics')).text;
    const counted =
      /^slipway_inference_graph_node_predictions_total\{endpoint="branches",version="1",node="branches\/net",kind="model",model="net@1"\} (\d+)$/m.exec(
        metrics,
      );
    expect(Number(counted?.[1]) % 2).toBe(0);
    expect(Number(counted?.[1])).toBeGreaterThan(0);
    const { workers } = (await running.dataPlane.stats()).endpoints.find(({ name }) => name === 'mean')!;
    expect(workers).toMatchObject({ kind: 'processes', now: 1, deaths: 0 });
  });

  it('says which node cannot answer when its process hangs, while other endpoints and branches go on', async () => {
    const [stopped] = processesOf('branches');
    process.kill(stopped!, 'SIGSTOP');
    const old = ask('branches', [ROWS[1]!]);
    const others = await Promise.all([
      ask('branches', [ROWS[0]!]),
      ask('mean', ROWS),
      ask('steps', ROWS),
      ask('trees', [{ age: 1 }]),
    ]);
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const failed = await old;
    expect(failed.status).toBe(503);
    expect(failed.headers['retry-after']).toBe('1');
    expect(failed.json()).toMatchObject({
      code: 'graph.model-unavailable',
      details: { node: 'branches/net', model: 'net@1' },
    });
    agree((await ask('branches', [ROWS[1]!])).told, [byNet(ROWS[1]!)]);
    expect(processesOf('branches')).not.toContain(stopped);
  }, 60_000);

  it('ends its processes when it is taken away, once its requests are answered', async () => {
    expect(processesOf('mean')).toHaveLength(1);
    const last = ask('mean', ROWS);
    await apply(['branches', 'steps', 'trees']);
    expect([200, 404]).toContain((await last).status);
    await expect.poll(() => processesOf('mean'), { timeout: 20_000 }).toEqual([]);
    await apply();
    expect((await ask('mean', ROWS)).status).toBe(200);
  }, 60_000);
});

describe('a graph of trained models alone', () => {
  it('has no processes, and answers what its model does', async () => {
    expect(processesOf('trees')).toEqual([]);
    const engine = loadEngine(linearEngineFile(CHURN));
    const [own] = engine.predict([{ age: 12 }]);
    expect((await ask('trees', [{ age: 12 }])).told.predictions[0]!.probabilities.yes).toBe(
      own!.probabilities!.yes,
    );
  });
});
