/**
 * Five times what an endpoint can do, offered by callers who do not wait: how much it still answers, how soon the others are
 * refused, and how soon it is normal again. Once for a model of trees, which the data plane evaluates itself, and once for an
 * imported network in its own process.
 *
 * The load comes from a process of its own; times are those of one more caller among the others, who is not late himself. Since
 * all share the machine, `keptByCpu` tells what the data plane answers for a second of processor time, against the peak.
 *
 *   npm run bench -- overload [--seconds 20] [--times 5]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { modelProcesses } from '../packages/server/src/adapters/onnx/index.ts';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference, builtModelProcess } from '../packages/server/src/testing/built-inference.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';
import { importedBundle } from '../packages/server/src/testing/imported-bundle.ts';
import {
  closedLoad,
  type LoadTarget,
  latency,
  openLoad,
  type Shot,
} from '../packages/server/src/testing/open-load.ts';
import { endpointOf } from '../packages/server/src/testing/running-inference.ts';
import { denseModel } from '../packages/server/src/testing/sample-onnx.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    times: { type: 'string', default: '5' },
    /** What the process that makes the load is told. */
    generate: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const times = Number(values.times);
const TOKEN = 'bench';
const CALLERS = 8;
const AFTER_SECONDS = 10;
/** Half of the peak is a load that an endpoint carries with ease. */
const NORMAL = 0.5;
/** Requests a second of the caller whose times are told. */
const PROBES_A_SECOND = 40;

type Order = { target: Omit<LoadTarget, 'body'>; bodyFile: string; requestsASecond: number; seconds: number };
/** Requests by status. */
type Counted = { seconds: number; statuses: Record<number, number> };

if (values.generate !== undefined) {
  process.stdout.write(JSON.stringify(await generate(JSON.parse(values.generate) as Order)));
  process.exit(0);
}

async function generate({ target, bodyFile, requestsASecond, seconds: long }: Order): Promise<Counted> {
  const begun = performance.now();
  const shots = await openLoad({ ...target, body: readFileSync(bodyFile) }, requestsASecond, long);
  const statuses: Record<number, number> = {};
  for (const { status } of shots) statuses[status] = (statuses[status] ?? 0) + 1;
  return { seconds: (performance.now() - begun) / 1000, statuses };
}

const home = mkdtempSync(join(tmpdir(), 'slipway-overload-'));
const entry = await builtInference(home, process.cwd());
const processes = modelProcesses(await builtModelProcess(home, process.cwd()));
const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir: join(home, 'predictions') });
await dataPlane.start();

/** Some milliseconds of work a request: a client on the same machine can offer five times as many. */
function treesTarget(row: unknown): LoadTarget {
  const body = Buffer.from(JSON.stringify({ rows: Array.from({ length: 40 }, () => row) }));
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  return { url: `${dataPlane.url()}/endpoints/forest/predict`, headers, body };
}

function networkTarget(rows: number): LoadTarget {
  const x = Float32Array.from({ length: rows * 8 }, (_, i) => Math.sin(i));
  const parameters = { binary_data_size: x.byteLength };
  const head = JSON.stringify({
    inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, 8], parameters }],
    parameters: { binary_data_output: true },
  });
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(head.length),
  };
  const body = Buffer.concat([Buffer.from(head), Buffer.from(x.buffer)]);
  return { url: `${dataPlane.url()}/v2/models/dense/infer`, headers, body };
}

async function measure(name: string, target: LoadTarget): Promise<void> {
  await closedLoad(target, CALLERS, seconds / 4); // compiles the code
  const peak = await watched(() => closedLoad(target, CALLERS, seconds / 2));
  const peakRate = answered(peak.came).length / peak.seconds;
  const before = await openLoad(target, NORMAL * peakRate, seconds / 2);
  const over = await watched(() =>
    Promise.all([
      generated(target, times * peakRate - PROBES_A_SECOND),
      openLoad(target, PROBES_A_SECOND, seconds),
    ]),
  );
  const after = await openLoad(target, NORMAL * peakRate, AFTER_SECONDS);
  const [{ seconds: took, statuses }, probes] = over.came;
  const good = (statuses[200] ?? 0) + answered(probes).length;
  const refused = probes.filter(({ status }) => status === 429);
  const perCpu = [good / over.cpuSeconds, answered(peak.came).length / peak.cpuSeconds] as const;
  process.stdout.write(
    `${JSON.stringify({
      name,
      load: loadavg()[0]!.toFixed(1),
      peak: Math.round(peakRate),
      offered: Math.round(times * peakRate),
      goodput: Math.round(good / took),
      kept: rounded(good / took / peakRate),
      keptByCpu: rounded(perCpu[0] / perCpu[1]),
      statuses,
      answeredMs: { p50: latency(answered(probes), 0.5), p99: latency(answered(probes), 0.99) },
      refusedMs: { count: refused.length, p50: latency(refused, 0.5), p99: latency(refused, 0.99) },
      normalMs: { p99Before: latency(answered(before), 0.99), p99After: latency(answered(after), 0.99) },
      lastTroubleSeconds: lastTrouble(after, latency(before, 0.99)),
    })}\n`,
  );
}

/** With the processor time that the data plane took meanwhile. */
async function watched<T>(work: () => Promise<T>): Promise<{ came: T; seconds: number; cpuSeconds: number }> {
  const before = await dataPlane.stats();
  const begun = performance.now();
  const came = await work();
  const took = (performance.now() - begun) / 1000;
  return { came, seconds: took, cpuSeconds: (await dataPlane.stats()).cpuSeconds - before.cpuSeconds };
}

/** Load from a process of its own. */
async function generated({ body, ...target }: LoadTarget, requestsASecond: number): Promise<Counted> {
  const bodyFile = join(home, 'body');
  writeFileSync(bodyFile, body);
  const order: Order = { target, bodyFile, requestsASecond, seconds };
  const args = ['scripts/bench.mjs', 'overload', '--generate', JSON.stringify(order)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Counted;
}

function rounded(share: number): number {
  return Number(share.toFixed(2));
}

function answered(shots: readonly Shot[]): Shot[] {
  return shots.filter(({ status }) => status === 200);
}

/** When, after the overload, a request was last refused or took twice as long as one of a hundred did before. */
function lastTrouble(shots: readonly Shot[], p99: number): number {
  const troubled = shots.filter(({ status, ms }) => status !== 200 || ms > 2 * p99);
  const last = troubled.at(-1);
  return last === undefined ? 0 : Number(((last.sentAt - shots[0]!.sentAt) / 1000).toFixed(1));
}

try {
  const forest = await forestBundle(join(home, 'forest'), { trees: 1000, depth: 7, columns: 10, seed: 1 });
  const dense = await importedBundle(home, processes, denseModel(4096));
  await dataPlane.apply({
    endpoints: [endpointOf('forest', [TOKEN], 1, forest), endpointOf('dense', [TOKEN], 1, dense)],
  });
  await measure('trees', treesTarget(forest.manifest.golden.rows[0]));
  await measure('network', networkTarget(500));
} finally {
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
