/**
 * A small endpoint alone and beside other work: the time that 99 of 100 of its requests stay within must not double. The other work is
 *
 *   json        another endpoint answers bodies of 200 MB of JSON all the time (ten rows of a million values each)
 *   binary      the same as binary tensors, 40 MB
 *   gzip        the same JSON, compressed
 *   grpc        the same tensors over gRPC
 *   slow-model  another endpoint's imported model computes for 0.3 s a request, for four callers
 *   batch       a file of three million rows is predicted, as a job beside the data plane
 *   busy        processes that do nothing but compute, as many as there are cores: what is lost there is lost to the machine
 *
 * Alone and beside take turns within one run, since the machine may do other things. The callers of the other endpoint live in a process
 * of their own, which reads the answers and keeps none. Clients live on other machines elsewhere: here, where it is allowed (root), the
 * process that measures runs at a high priority and the callers at the lowest, so that the cores are the server's. `busy` is at the
 * server's own priority. Of the thread that answers, `busy` is its processor time
 * and `waited` how long it was ready to run and had no core.
 *
 *   npm run bench -- mixed-endpoints [--cases json,grpc,slow-model,batch,busy] [--seconds 18] [--callers 1] [--real-time]
 *
 * With `--real-time` (Linux, root) the thread that answers and the process that measures are of the real-time class and never wait
 * for a core: what is left is what the data plane keeps its own thread from, without what the scheduler of a small machine adds.
 *
 * Seconds are those of one case, alone and beside each; the whole takes about four minutes. Results are appended to
 * bench/results/mixed-endpoints.jsonl.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
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
import { countingModel, wideModel } from '../packages/server/src/testing/sample-onnx.ts';
import { type Beside, batchBeside, callersBeside } from './mixed-endpoints/beside.ts';
import { type Came, callForEver, type Order } from './mixed-endpoints/callers.ts';
import { beginStamp, openCells, presentCommit, type Stamp } from './result-cells.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'json,grpc,slow-model,batch,busy' },
    seconds: { type: 'string', default: '18' },
    callers: { type: 'string', default: '1' },
    'real-time': { type: 'boolean', default: false },
    /** What a process of callers is told. */
    call: { type: 'string' },
  },
});
if (values.call !== undefined) await callForEver(JSON.parse(values.call) as Order);

const TOKEN = 'bench';
const RATE = 100;
const TURNS = 3;
/** A picture of 1000 x 1000 values a row: 20 MB of JSON. */
const WIDTH = 1_000_000;
const ROWS = 10;
/** About 0.3 s. */
const SLOW_TURNS = 150_000;
const BATCH_ROWS = 3_000_000;
const FILE = 'bench/results/mixed-endpoints.jsonl';
/** Niceness of the process that measures. */
const PREFERRED = -10;
const turnSeconds = Number(values.seconds) / TURNS;

type Side = {
  requests: number;
  failed: number;
  p50: number;
  p99: number;
  most: number;
  busyMs: number;
  waitedMs: number;
};
type Cell = Stamp & {
  case: string;
  cores: number;
  /** Whether the process that measures had a core before others, and the callers of the other endpoint after all others. */
  isPreferred?: boolean;
  isRealTime?: boolean;
  requestsASecond: number;
  alone: Side;
  beside: Side;
  p99Ratio: number;
  /** Answers of the other endpoint, of the times that it was called. */
  other?: { answered: number; failed: number; megabytes: number; seconds: number };
  /** Resident memory of the data plane, at most so far. */
  peakMegabytes?: number;
};

const home = mkdtempSync(join(tmpdir(), 'slipway-mixed-'));
const entry = await builtInference(home, process.cwd());
const processes = modelProcesses(await builtModelProcess(home, process.cwd()));
const grpcPort = await freePort();
const logDir = join(home, 'predictions');
const dataPlane = dataPlaneProcess({
  ...{ entry, host: '127.0.0.1', port: 0, logDir },
  settings: { grpcPort, modelProcesses: 1 },
});
await dataPlane.start();
const isPreferred = preferSelf();

/** The clients that measure have a core when they need one: what they wait for is the endpoint. Not allowed to everybody. */
function preferSelf(): boolean {
  try {
    setPriority(PREFERRED);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** No request is under way. */
async function settled(): Promise<void> {
  while ((await dataPlane.stats()).inFlight > 0) await pause(50);
}

function httpOrder(model: string, rows: number, callers: number, more: object = {}, gzip = false): Order {
  const data = new Array<number>(rows).fill(0.123);
  const shape = model === 'mask' ? [rows, 1] : [rows];
  return {
    by: 'http',
    callers,
    url: `${dataPlane.url()}/v2/models/${model}/infer`,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      ...(gzip && { 'accept-encoding': 'gzip' }),
    },
    body: JSON.stringify({ ...more, inputs: [{ name: 'x', datatype: 'FP32', shape, data }] }),
  };
}

const callers = Number(values.callers);
const binary = { parameters: { binary_data_output: true } };
const grpcOrder: Order = {
  by: 'grpc',
  callers,
  address: `127.0.0.1:${grpcPort}`,
  token: TOKEN,
  model: 'mask',
  rows: ROWS,
};
const CASES = new Map<string, () => Beside>([
  ['json', () => callersBeside(httpOrder('mask', ROWS, callers), settled)],
  ['binary', () => callersBeside(httpOrder('mask', ROWS, callers, binary), settled)],
  ['gzip', () => callersBeside(httpOrder('mask', ROWS, callers, {}, true), settled)],
  ['grpc', () => callersBeside(grpcOrder, settled)],
  ['slow-model', () => callersBeside(httpOrder('slow', 1, 4), settled)],
  ['batch', () => batchBeside(BATCH_ROWS, folderOf('batch'))],
  ['busy', () => callersBeside({ by: 'nothing' }, settled, availableParallelism())],
]);

function folderOf(name: string): string {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Largest resident memory so far, as the kernel counts it. Linux only. */
function peakMegabytes(pid: number): number | undefined {
  const told = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return told === null ? undefined : Math.round(Number(told[1]) / 1024);
}

type Scheduled = { busyMs: number; waitedMs: number };

/** Of the thread that answers, so far. Linux only. */
function scheduled(pid: number): Scheduled {
  const [busy = '0', waited = '0'] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return { busyMs: Number(busy) / 1e6, waitedMs: Number(waited) / 1e6 };
}

function sideOf(shots: readonly Shot[], { busyMs, waitedMs }: Scheduled): Side {
  return {
    requests: shots.length,
    failed: shots.filter(({ status }) => status !== 200).length,
    p50: latency(shots, 0.5),
    p99: latency(shots, 0.99),
    most: latency(shots, 1),
    busyMs: Math.round(busyMs),
    waitedMs: Math.round(waitedMs),
  };
}

function otherOf(came: readonly Came[]): Pick<Cell, 'other'> {
  const answered = came.filter(({ ok }) => ok);
  if (came.length === 0) return {};
  return {
    other: {
      answered: answered.length,
      failed: came.length - answered.length,
      megabytes: Math.max(0, ...answered.map(({ bytes }) => bytes)) / 1e6,
      seconds: answered.reduce((sum, { ms }) => sum + ms, 0) / answered.length / 1000,
    },
  };
}

try {
  const forest = await forestBundle(join(home, 'forest'), { trees: 100, depth: 6, columns: 20, seed: 1 });
  const outcomes = await dataPlane.apply({
    endpoints: [
      endpointOf('forest', [TOKEN], 1, forest),
      endpointOf('mask', [TOKEN], 1, await importedBundle(home, processes, wideModel(WIDTH))),
      endpointOf('slow', [TOKEN], 1, await importedBundle(home, processes, countingModel(SLOW_TURNS))),
    ],
  });
  if (outcomes.some(({ ok }) => !ok)) throw new Error(JSON.stringify(outcomes));
  const small = {
    url: `${dataPlane.url()}/endpoints/forest/predict`,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ rows: [forest.manifest.golden.rows[0]] })),
  };
  const pid = dataPlane.pid()!;
  if (values['real-time'])
    for (const each of [pid, process.pid]) execFileSync('chrt', ['--fifo', '--pid', '10', String(each)]);
  const commit = presentCommit();
  const cells = openCells<Cell>(FILE, () => false);
  await openLoad(small, RATE, 3); // compiles the code

  async function measured(into: Shot[], sum: Scheduled): Promise<void> {
    const before = scheduled(pid);
    into.push(...(await openLoad(small, RATE, turnSeconds)));
    const { busyMs, waitedMs } = scheduled(pid);
    sum.busyMs += busyMs - before.busyMs;
    sum.waitedMs += waitedMs - before.waitedMs;
  }

  async function measure(name: string): Promise<void> {
    const beside = CASES.get(name)!();
    const shots: Record<'alone' | 'beside', Shot[]> = { alone: [], beside: [] };
    const thread = { alone: { busyMs: 0, waitedMs: 0 }, beside: { busyMs: 0, waitedMs: 0 } };
    const end = beginStamp(commit);
    try {
      for (let turn = 0; turn < TURNS; turn++) {
        await measured(shots.alone, thread.alone);
        await beside.go();
        await measured(shots.beside, thread.beside);
        await beside.pause();
      }
    } finally {
      await beside.end();
    }
    const sides = { alone: sideOf(shots.alone, thread.alone), beside: sideOf(shots.beside, thread.beside) };
    cells.keep({
      case: name,
      cores: availableParallelism(),
      isPreferred,
      isRealTime: values['real-time'],
      requestsASecond: RATE,
      ...sides,
      p99Ratio: sides.beside.p99 / sides.alone.p99,
      ...otherOf(beside.came()),
      peakMegabytes: peakMegabytes(pid),
      ...end(),
    });
  }

  const asked = values.cases.split(',');
  const unknown = asked.find((name) => !CASES.has(name));
  if (unknown !== undefined)
    throw new Error(`there is no case ${unknown}; there are ${[...CASES.keys()].join(', ')}`);
  for (const name of asked) await measure(name);
  process.stdout.write(
    `${RATE} one-row requests a second to 100 trees, alone and beside other work (milliseconds):\n`,
  );
  process.stdout.write(
    'case | load | p50, p99 alone | p50, p99 beside | p99 ratio | failed | busy, waited of the thread that answers, alone | beside | other endpoint\n',
  );
  for (const { case: name, load, alone, beside, p99Ratio, other } of cells.all) {
    const told =
      other &&
      `${other.answered} answers of ${other.megabytes.toFixed(1)} MB in ${other.seconds.toFixed(2)} s`;
    process.stdout.write(
      `${name} | ${load[1].toFixed(1)} | ${alone.p50}, ${alone.p99} | ${beside.p50}, ${beside.p99} | ${p99Ratio.toFixed(2)} | ${beside.failed} of ${beside.requests} | ${alone.busyMs}, ${alone.waitedMs} | ${beside.busyMs}, ${beside.waitedMs} | ${told ?? '–'}\n`,
    );
  }
} finally {
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
