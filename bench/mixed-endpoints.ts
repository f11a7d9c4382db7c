/**
 * A small endpoint alone, and beside one that answers bodies of 200 MB of JSON all the time: the time that 99 of 100 requests of
 * the small one stay within must not double, and the memory of the data plane must stay bounded. Both are measured in turns of one
 * run, since the machine may do other things; the callers of the large endpoint live in a process of their own, which reads the
 * answers and keeps none.
 *
 * `busy` is a third measure: the small endpoint beside a process that does nothing but keep as many cores busy as the large endpoint
 * has callers and model processes. What is lost there is lost to the machine, not to the data plane.
 *
 *   npm run bench -- mixed-endpoints [--seconds 60] [--callers 1] [--rows 10] [--form json|binary] [--gzip]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
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
import { wideModel } from '../packages/server/src/testing/sample-onnx.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    callers: { type: 'string', default: '1' },
    rows: { type: 'string', default: '10' },
    form: { type: 'string', default: 'json' },
    gzip: { type: 'boolean', default: false },
    /** What the process of the callers of the large endpoint is told. */
    call: { type: 'string' },
    /** Told to the process that only keeps a core busy. */
    spin: { type: 'boolean', default: false },
  },
});
const TOKEN = 'bench';
const RATE = 100;
const TURNS = 3;
/** A picture of 1000 x 1000 values a row: 20 MB of JSON. */
const WIDTH = 1_000_000;
const turnSeconds = Number(values.seconds) / TURNS / 3;

type Order = { url: string; headers: Record<string, string>; body: string; callers: number };
type Came = { status: number; bytes: number; ms: number };

if (values.spin) for (;;) Math.sqrt(Math.random());
if (values.call !== undefined) {
  const order = JSON.parse(values.call) as Order;
  await Promise.all(Array.from({ length: order.callers }, () => callForEver(order)));
}

/** One JSON line for each answer, until the process is ended. */
async function callForEver(order: Order): Promise<never> {
  for (;;) process.stdout.write(`${JSON.stringify(await callOnce(order))}\n`);
}

function callOnce({ url, headers, body }: Order): Promise<Came> {
  const sentAt = performance.now();
  return new Promise((resolve) => {
    let bytes = 0;
    let status = 0;
    const end = () => resolve({ status, bytes, ms: performance.now() - sentAt });
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('error', end);
      response.on('end', () => {
        status = response.statusCode ?? 0;
        end();
      });
    });
    sent.on('error', end);
    sent.end(body);
  });
}

const home = mkdtempSync(join(tmpdir(), 'slipway-mixed-'));
const entry = await builtInference(home, process.cwd());
const processes = modelProcesses(await builtModelProcess(home, process.cwd()));
const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir: join(home, 'predictions') });
await dataPlane.start();

function largeOrder(): Order {
  const rows = Number(values.rows);
  const parameters = values.form === 'binary' ? { parameters: { binary_data_output: true } } : {};
  const data = new Array<number>(rows).fill(0.123);
  return {
    url: `${dataPlane.url()}/v2/models/mask/infer`,
    headers: {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      ...(values.gzip && { 'accept-encoding': 'gzip' }),
    },
    body: JSON.stringify({
      ...parameters,
      inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, 1], data }],
    }),
    callers: Number(values.callers),
  };
}

function started(args: readonly string[]): { child: ChildProcess; lines: string[] } {
  const child = spawn(process.execPath, ['scripts/bench.mjs', 'mixed-endpoints', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  return { child, lines };
}

/** Largest resident memory so far, as the kernel counts it. Linux only. */
function peakMegabytes(pid: number): number | undefined {
  const told = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return told === null ? undefined : Math.round(Number(told[1]) / 1024);
}

try {
  const forest = await forestBundle(join(home, 'forest'), { trees: 100, depth: 6, columns: 20, seed: 1 });
  const mask = await importedBundle(home, processes, wideModel(WIDTH));
  const outcomes = await dataPlane.apply({
    endpoints: [endpointOf('forest', [TOKEN], 1, forest), endpointOf('mask', [TOKEN], 1, mask)],
  });
  if (outcomes.some(({ ok }) => !ok)) throw new Error(JSON.stringify(outcomes));
  const small = {
    url: `${dataPlane.url()}/endpoints/forest/predict`,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ rows: [forest.manifest.golden.rows[0]] })),
  };
  const spinners = Math.min(availableParallelism(), Number(values.callers) + 1);
  const shots: Record<'alone' | 'beside' | 'busy', Shot[]> = { alone: [], beside: [], busy: [] };
  const large: Came[] = [];
  await openLoad(small, RATE, turnSeconds); // compiles the code
  const restMegabytes = peakMegabytes(dataPlane.pid()!);
  for (let turn = 0; turn < TURNS; turn++) {
    shots.alone.push(...(await openLoad(small, RATE, turnSeconds)));
    const spinning = Array.from({ length: spinners }, () => started(['--spin']).child);
    shots.busy.push(...(await openLoad(small, RATE, turnSeconds)));
    for (const child of spinning) child.kill('SIGKILL');
    const { child, lines } = started(['--call', JSON.stringify(largeOrder())]);
    shots.beside.push(...(await openLoad(small, RATE, turnSeconds)));
    child.kill('SIGKILL');
    while ((await dataPlane.stats()).inFlight > 0) await pause(100);
    large.push(...lines.map((line) => JSON.parse(line) as Came));
  }
  const told = (each: readonly Shot[]) => ({
    requests: each.length,
    failed: each.filter(({ status }) => status !== 200).length,
    p50: latency(each, 0.5),
    p99: latency(each, 0.99),
    most: latency(each, 1),
  });
  const answered = large.filter(({ status }) => status === 200);
  process.stdout.write(
    `${JSON.stringify({
      compared: `${RATE} one-row requests a second to 100 trees, in ${TURNS} turns each`,
      load: loadavg()[0]!.toFixed(1),
      form: values.gzip ? `${values.form}, gzip` : values.form,
      callers: Number(values.callers),
      aloneMs: told(shots.alone),
      busyMs: told(shots.busy),
      besideMs: told(shots.beside),
      p99Ratio: Number((latency(shots.beside, 0.99) / latency(shots.alone, 0.99)).toFixed(2)),
      large: {
        answered: answered.length,
        others: large.length - answered.length,
        megabytes: Math.round(Math.max(0, ...answered.map(({ bytes }) => bytes)) / 1e6),
        seconds: Number((answered.reduce((sum, { ms }) => sum + ms, 0) / answered.length / 1000).toFixed(1)),
      },
      memoryMegabytes: { before: restMegabytes, peak: peakMegabytes(dataPlane.pid()!) },
    })}\n`,
  );
} finally {
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
