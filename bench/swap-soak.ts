/**
 * Two endpoints that change their version every two seconds for five minutes, one of trees and one of an imported network, at 500
 * requests a second together: none may fail, every answer must be that of the version it names, and the memory must be
 * what it was.
 *
 *   npm run bench -- swap-soak [--seconds 300] [--rate 500]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { modelProcesses } from '../packages/server/src/adapters/onnx/index.ts';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference, builtModelProcess } from '../packages/server/src/testing/built-inference.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';
import { importedBundle } from '../packages/server/src/testing/imported-bundle.ts';
import { latency, openLoad, type Shot } from '../packages/server/src/testing/open-load.ts';
import { endpointOf } from '../packages/server/src/testing/running-inference.ts';
import { denseModel } from '../packages/server/src/testing/sample-onnx.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '300' }, rate: { type: 'string', default: '500' } },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const TOKEN = 'bench';
const EVERY_MS = 2000;
/** The network gets one request of five: each crosses to another process and back. */
const NETWORK_SHARE = 0.2;
/** Before it counts: code is compiled, and memory has come to what serving takes. */
const WARM_UP_SECONDS = Math.min(15, seconds / 4);
const SHAPE = { trees: 300, depth: 7, columns: 20 };

const home = mkdtempSync(join(tmpdir(), 'slipway-soak-'));
const entry = await builtInference(home, process.cwd());
const processes = modelProcesses(await builtModelProcess(home, process.cwd()));
const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir: join(home, 'predictions') });
await dataPlane.start();

const forests = [
  await forestBundle(join(home, 'one'), { ...SHAPE, seed: 1 }),
  await forestBundle(join(home, 'two'), { ...SHAPE, seed: 2 }),
];
const networks = [
  await importedBundle(home, processes, denseModel(64, 1)),
  await importedBundle(home, processes, denseModel(64, 9)),
];

async function serve(version: number): Promise<void> {
  const outcomes = await dataPlane.apply({
    endpoints: [
      endpointOf('trees', [TOKEN], version, forests[version - 1]!),
      endpointOf('network', [TOKEN], version, networks[version - 1]!),
    ],
  });
  if (!outcomes.every(({ ok }) => ok)) throw new Error(JSON.stringify(outcomes));
}

function load(name: string, row: unknown, requestsASecond: number, long: number): Promise<Shot[]> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify({ rows: [row] }));
  return openLoad(
    { url: `${dataPlane.url()}/endpoints/${name}/predict`, headers, body },
    requestsASecond,
    long,
  );
}

function both(long: number): Promise<[Shot[], Shot[]]> {
  return Promise.all([
    load('trees', forests[0]!.manifest.golden.rows[0], (1 - NETWORK_SHARE) * rate, long),
    load('network', { x: [1, 2, 3, 4, 5, 6, 7, 8] }, NETWORK_SHARE * rate, long),
  ]);
}

/** Answers that are not those which the version they name gave first. */
function mixed(shots: readonly Shot[]): number {
  const expected = new Map<string, string>();
  let wrong = 0;
  for (const { version, body } of shots.filter(({ status }) => status === 200)) {
    const { model, predictions } = JSON.parse(body.toString()) as {
      model: { version: number };
      predictions: [{ id: string }];
    };
    const [{ id: _, ...said }] = predictions;
    const text = JSON.stringify(said);
    if (!expected.has(version)) expected.set(version, text);
    if (String(model.version) !== version || expected.get(version) !== text) wrong++;
  }
  return new Set(expected.values()).size === expected.size ? wrong : shots.length;
}

async function memory() {
  const { residentBytes, endpoints } = await dataPlane.stats();
  const network = endpoints.find(({ name }) => name === 'network')!.workers;
  return {
    dataPlaneMiB: Math.round(residentBytes / 1024 ** 2),
    processes: network.now,
    processesMiB: Math.round((network.residentBytes ?? 0) / 1024 ** 2),
  };
}

try {
  await serve(1);
  await both(WARM_UP_SECONDS);
  await serve(2);
  await both(WARM_UP_SECONDS);
  const before = await memory();
  const changes: number[] = [];
  let isOver = false;
  const changing = (async () => {
    const startedAt = performance.now();
    for (let change = 1; !isOver; change++) {
      await pause(Math.max(0, change * EVERY_MS - (performance.now() - startedAt)));
      const begun = performance.now();
      await serve(1 + (change % 2));
      changes.push(performance.now() - begun);
    }
  })();
  const [trees, network] = await both(seconds);
  isOver = true;
  await changing;
  await both(WARM_UP_SECONDS);
  const all = [...trees, ...network];
  process.stdout.write(
    `${JSON.stringify({
      seconds,
      load: loadavg()[0]!.toFixed(1),
      requests: all.length,
      changes: changes.length,
      // 429 is no failure of a change: the machine had no time, and said so.
      statuses: Object.fromEntries(
        [...new Set(all.map(({ status }) => status))].map((status) => [
          status,
          all.filter((shot) => shot.status === status).length,
        ]),
      ),
      mixed: mixed(trees) + mixed(network),
      versions: [...new Set(all.map(({ version }) => version))].sort(),
      changeMs: {
        median: Math.round(changes.toSorted((a, b) => a - b)[changes.length >> 1]!),
        max: Math.round(Math.max(...changes)),
      },
      treesMs: { p50: latency(trees, 0.5), p99: latency(trees, 0.99) },
      networkMs: { p50: latency(network, 0.5), p99: latency(network, 0.99) },
      before,
      after: await memory(),
    })}\n`,
  );
} finally {
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
