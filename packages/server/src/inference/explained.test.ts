import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { constantBundle, forestBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

let running: RunningInference;
let row: Record<string, unknown>;

beforeAll(async () => {
  running = await runningInference({});
  const shape = { trees: 20, depth: 4, columns: 5, seed: 3 };
  const forest = await forestBundle(join(running.home, 'forest'), shape);
  const older = await constantBundle(join(running.home, 'older'), 0.7);
  row = forest.manifest.golden.rows[0]!;
  const endpoints = [endpointOf('forest', ['token'], 1, forest), endpointOf('older', ['token'], 1, older)];
  await running.dataPlane.apply({ endpoints });
});
afterAll(() => running.end());

const { call } = inferenceClient(() => running, 'token');

const ask = async (path: string, body: unknown) => {
  const reply = await call(path, { body: JSON.stringify(body) });
  return { status: reply.status, body: reply.json() as Answer };
};

type Explained = {
  value: string;
  probabilities: Record<string, number>;
  explanation?: {
    of: string;
    scale: string;
    expected: number;
    columns: { column: string; contribution: number }[];
  };
};
type Answer = { predictions: Explained[]; explanations: Explained[]; code?: string };

test('a prediction says why when it is asked to, and only then', async () => {
  const { body } = await ask('/endpoints/forest/predict?explain=true', { rows: [row, row] });
  const [first, second] = body.predictions;
  expect(first!.explanation).toMatchObject({ of: 'Yes', scale: 'log-odds' });
  expect(second!.explanation).toEqual(first!.explanation);
  expect(sumOf(first!)).toBeCloseTo(marginOf(first!), 9);
  const plain = await ask('/endpoints/forest/predict?explain=false', { rows: [row] });
  expect(plain.body.predictions[0]).not.toHaveProperty('explanation');
});

test('the older protocol of KServe has the same under its own path', async () => {
  const { status, body } = await ask('/v1/models/forest:explain', { instances: [row] });
  expect(status).toBe(200);
  expect(sumOf(body.explanations[0]!)).toBeCloseTo(marginOf(body.explanations[0]!), 9);
});

test('more rows than can be explained at once are refused, not cut', async () => {
  const rows = Array.from({ length: 51 }, () => row);
  const { status, body } = await ask('/endpoints/forest/predict?explain=true', { rows });
  expect([status, body.code]).toEqual([413, 'predict.too-many-rows']);
});

test('a version from before there were explanations says so', async () => {
  const { status, body } = await ask('/endpoints/older/predict?explain=true', { rows: [GOOD_ROW] });
  expect([status, body.code]).toEqual([501, 'predict.no-explanation']);
});

function sumOf({ explanation }: Explained): number {
  const { expected, columns } = explanation!;
  return columns.reduce((sum, { contribution }) => sum + contribution, expected);
}

function marginOf({ probabilities }: Explained): number {
  return Math.log(probabilities.Yes! / probabilities.No!);
}
