/**
 * 200 requests a second for 60 s at one endpoint during 20 promotions and rollbacks, each through the deployer's own
 * steps on the data plane: no request may fail, and every answer must name the version that made it.
 *
 * Run: `npm run bench -- hot-swap`. Prints one JSON line; `SECONDS=10` in the environment makes it shorter.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readPredictionLog } from '../packages/server/src/adapters/prediction-log/index.ts';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference } from '../packages/server/src/testing/built-inference.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';
import { steadyLoad } from '../packages/server/src/testing/steady-load.ts';

const RATE = 200;
const SECONDS = Number(process.env.SECONDS ?? 60);
const CHANGES = 20;
const TOKEN = 'bench-token';
const SHAPE = { trees: 300, depth: 7, columns: 20 };

const home = mkdtempSync(join(tmpdir(), 'slipway-swap-'));
const bundles = [
  await forestBundle(join(home, 'one'), { ...SHAPE, seed: 1 }),
  await forestBundle(join(home, 'two'), { ...SHAPE, seed: 2 }),
];
const logDir = join(home, 'predictions');
const dataPlane = dataPlaneProcess({
  entry: await builtInference(home, process.cwd()),
  host: '127.0.0.1',
  port: 0,
  logDir,
});
await dataPlane.start();
await serve(1);

/** The same row for both versions, which answer it differently. */
const row = bundles[0]!.manifest.golden.rows[0]!;
const load = steadyLoad({
  url: `${dataPlane.url()}/endpoints/forest/predict`,
  token: TOKEN,
  body: JSON.stringify({ rows: [row] }),
  requestsASecond: RATE,
});
const startedAt = performance.now();
const changes: number[] = [];
for (let change = 0; change < CHANGES; change++) {
  await pause(((change + 0.5) * SECONDS * 1000) / CHANGES - (performance.now() - startedAt));
  const from = performance.now();
  await serve(1 + ((change + 1) % 2));
  changes.push(performance.now() - from);
}
await pause(SECONDS * 1000 - (performance.now() - startedAt));
const answers = await load.stop();
const stats = await dataPlane.stats();
await dataPlane.stop();

const failed = answers.filter((answer) => answer.status !== 200);
const expected = new Map<string, string>();
let mixed = 0;
for (const { version, body } of answers.filter((answer) => answer.status === 200)) {
  const { model, predictions } = JSON.parse(body) as {
    model: { version: number };
    predictions: { probabilities: Record<string, number> }[];
  };
  const said = JSON.stringify(predictions[0]!.probabilities);
  if (!expected.has(version)) expected.set(version, said);
  if (String(model.version) !== version || expected.get(version) !== said) mixed++;
}
let logged = 0;
for await (const records of readPredictionLog(logDir, 'forest', {})) logged += records.length;
const times = answers.map((answer) => answer.milliseconds).sort((a, b) => a - b);
console.log(
  JSON.stringify({
    seconds: SECONDS,
    requests: answers.length,
    changes: changes.length,
    failed: failed.length,
    mixed,
    distinctAnswers: new Set(expected.values()).size,
    logged,
    versions: Object.fromEntries(
      [...expected.keys()].map((v) => [v, answers.filter((a) => a.version === v).length]),
    ),
    changeMs: {
      median: round(changes.toSorted((a, b) => a - b)[CHANGES >> 1]!),
      max: round(Math.max(...changes)),
    },
    latencyMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    residentMiB: Math.round(stats.residentBytes / 1024 ** 2),
  }),
);
rmSync(home, { recursive: true });

async function serve(version: number): Promise<void> {
  const { bundleId, folder } = bundles[version - 1]!;
  const tokenHashes = [createHash('sha256').update(TOKEN).digest('hex')];
  const route = { modelName: 'forest', modelVersion: version, bundleId, folder, weight: 1 };
  const outcomes = await dataPlane.apply({ endpoints: [{ name: 'forest', tokenHashes, routes: [route] }] });
  if (!outcomes.every((outcome) => outcome.ok)) throw new Error(JSON.stringify(outcomes));
}

function at(share: number): number {
  return round(times[Math.min(times.length - 1, Math.floor(share * times.length))]!);
}

function round(milliseconds: number): number {
  return Number(milliseconds.toFixed(1));
}
