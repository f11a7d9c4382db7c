/**
 * The first request to an endpoint at rest, whose model is out of memory: how long until it is answered, for an imported
 * network in a process of its own and for a model of trees, which the data plane evaluates itself.
 *
 *   npm run bench -- cold-start [--rounds 15]
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
import { endpointOf } from '../packages/server/src/testing/running-inference.ts';
import { denseModel } from '../packages/server/src/testing/sample-onnx.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);
const TOKEN = 'bench';

const home = mkdtempSync(join(tmpdir(), 'slipway-cold-'));
const entry = await builtInference(home, process.cwd());
const processes = modelProcesses(await builtModelProcess(home, process.cwd()));
const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir: join(home, 'predictions') });
await dataPlane.start();

async function workersOf(name: string) {
  const { endpoints } = await dataPlane.stats();
  return endpoints.find((each) => each.name === name)!.workers;
}

/** Milliseconds to the answer. */
async function ask(name: string, row: unknown): Promise<number> {
  const begun = performance.now();
  const reply = await fetch(`${dataPlane.url()}/endpoints/${name}/predict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rows: [row] }),
  });
  if (reply.status !== 200) throw new Error(await reply.text());
  await reply.arrayBuffer();
  return performance.now() - begun;
}

async function measure(name: string, row: unknown): Promise<void> {
  const cold: number[] = [];
  const warm: number[] = [];
  let awakeBytes = 0;
  for (let round = 0; round < rounds; round++) {
    while ((await workersOf(name)).now > 0) await pause(50);
    cold.push(await ask(name, row));
    awakeBytes = (await workersOf(name)).residentBytes ?? 0;
    warm.push(await ask(name, row));
  }
  const { coldStarts, coldStartSeconds } = await workersOf(name);
  process.stdout.write(
    `${JSON.stringify({
      name,
      load: loadavg()[0]!.toFixed(1),
      coldStarts,
      answeredMs: { median: at(cold, 0.5), max: at(cold, 1) },
      loadMs: Math.round((coldStartSeconds / coldStarts) * 1000),
      warmMs: { median: at(warm, 0.5) },
      awakeMiB: Number((awakeBytes / 1024 ** 2).toFixed(1)),
    })}\n`,
  );
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
}

try {
  const forest = await forestBundle(join(home, 'forest'), { trees: 300, depth: 7, columns: 20, seed: 1 });
  const dense = await importedBundle(home, processes, denseModel(65_536));
  const scaling = { min: 0, target: 4, idleSeconds: 1 };
  await dataPlane.apply({
    endpoints: [
      { ...endpointOf('network', [TOKEN], 1, dense), scaling },
      { ...endpointOf('trees', [TOKEN], 1, forest), scaling },
    ],
  });
  await measure('network', { x: [1, 2, 3, 4, 5, 6, 7, 8] });
  await measure('trees', forest.manifest.golden.rows[0]);
} finally {
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
