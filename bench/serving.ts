/**
 * One-row predictions over HTTP on the same 100 trees of 20 columns: Slipway against Python servers, and a bare node:http
 * echo. Requests a second, latency, processor time of all processes for each request, and memory.
 *
 * Run:
 *   npm run bench -- serving --python PYTHON [--rounds 3] [--seconds 5] [--connections 32] [--peers fastapi,mlflow,…]
 *
 * PYTHON is an interpreter that has the peers (fastapi with uvicorn, bentoml, mlserver, mlflow with onnx, ray[serve]; all with
 * onnxruntime), or several, for they need different versions of others: `fastapi=/a/bin/python,mlflow=/b/bin/python`. A peer
 * that is not installed is said so and left out. The client is `wrk`.
 *
 * Servers take turns, `--rounds` times: each is started anew on the first core, warmed up for two seconds and loaded from
 * the second one. The peers get the trees as one matrix operator with one thread, which is their best case; Slipway checks
 * the token and the columns, and logs every prediction with a synced file. One JSON line a round and server, then of each
 * server the round that was least disturbed by other work on the machine (most requests a second), and Slipway's ratio to it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference } from '../packages/server/src/testing/built-inference.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';
import { forestOnnx } from './serving/forest-onnx.ts';
import { type Figures, load, type Target, writeScript } from './serving/load.ts';
import { installedVersion, PEERS, type Peer } from './serving/peers.ts';
import { treeOf } from './serving/process-tree.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    peers: { type: 'string', default: PEERS.map(({ name }) => name).join(',') },
  },
});
const rounds = Number(options.rounds);
const connections = Number(options.connections);
const [SERVER_CORE, CLIENT_CORE] = ['0', '1'];
const SHAPE = { trees: 100, depth: 6, columns: 20, seed: 1 };
const TOKEN = 'bench-token';
const PORT = 7480;
const PATIENCE_MS = 120_000;

const home = mkdtempSync(join(tmpdir(), 'slipway-serving-'));
const bundle = await forestBundle(join(home, 'forest'), SHAPE);
const modelFile = join(home, 'model.onnx');
writeFileSync(modelFile, forestOnnx(bundle.engineFile.model, SHAPE.columns));
const row = Object.values(bundle.manifest.golden.rows[0]!) as number[];
const known = bundle.manifest.golden.predictions[0]!.probabilities!.Yes!;
const inferenceEntry = await builtInference(home, process.cwd());

/** A server that is up, and how it goes down again. */
type Running = Target & { stop(): Promise<void> };
type Contender = { name: string; start(): Promise<Running> };

const contenders: Contender[] = [
  { name: 'echo', start: startEcho },
  { name: 'slipway', start: startSlipway },
  ...peersAtHand().map(({ peer, python }) => ({ name: peer.name, start: () => startPeer(peer, python) })),
];

const figures = new Map<string, Figures[]>();
try {
  for (let round = 1; round <= rounds; round++) {
    for (const { name, start } of contenders) {
      const server = await start();
      try {
        const on = { connections, core: CLIENT_CORE! };
        await load(server, { ...on, seconds: 2 });
        const found = await load(server, { ...on, seconds: Number(options.seconds) });
        console.log(
          JSON.stringify({ round, server: name, ...found, load: Number(loadavg()[0]!.toFixed(1)) }),
        );
        figures.set(name, [...(figures.get(name) ?? []), found]);
      } finally {
        await server.stop();
      }
    }
  }
  const best = new Map([...figures].map(([name, all]) => [name, leastDisturbed(all)]));
  console.log(JSON.stringify({ best: Object.fromEntries(best) }));
  console.log(JSON.stringify({ ratios: ratios(best) }));
} finally {
  rmSync(home, { recursive: true, force: true });
}

function peersAtHand(): { peer: Peer; python: string }[] {
  const wanted = options.peers.split(',');
  return PEERS.filter(({ name }) => wanted.includes(name)).flatMap((peer) => {
    const python = pythonOf(peer.name);
    const version = python === undefined ? undefined : installedVersion(python, peer.needs);
    console.log(JSON.stringify({ peer: peer.name, version: version ?? 'not installed' }));
    return version === undefined ? [] : [{ peer, python: python! }];
  });
}

function pythonOf(peer: string): string | undefined {
  if (options.python === '') return undefined;
  if (!options.python.includes('=')) return options.python;
  const pairs = options.python.split(',').map((pair) => pair.split('=') as [string, string]);
  return pairs.find(([name]) => name === peer.split(' ')[0])?.[1];
}

async function startEcho(): Promise<Running> {
  const child = onServerCore(process.execPath, ['bench/one-row-rest-echo.mjs', String(PORT)], 'echo');
  return up(child, `http://127.0.0.1:${PORT}/`, { rows: [bundle.manifest.golden.rows[0]] });
}

async function startSlipway(): Promise<Running> {
  const dataPlane = dataPlaneProcess({
    entry: inferenceEntry,
    host: '127.0.0.1',
    port: 0,
    logDir: join(home, 'predictions'),
  });
  await dataPlane.start();
  const pid = dataPlane.pid()!;
  execFileSync('taskset', ['-a', '-c', '-p', SERVER_CORE!, String(pid)], { stdio: 'ignore' });
  const route = {
    modelName: 'forest',
    modelVersion: 1,
    weight: 1,
    bundleId: bundle.bundleId,
    folder: bundle.folder,
  };
  const tokenHashes = [createHash('sha256').update(TOKEN).digest('hex')];
  const endpoints = [{ name: 'forest', tokenHashes, routes: [route] }];
  const outcomes = await dataPlane.apply({ endpoints });
  if (outcomes.some(({ ok }) => !ok)) throw new Error(JSON.stringify(outcomes));
  const script = join(home, 'slipway.lua');
  const body = JSON.stringify({ rows: [bundle.manifest.golden.rows[0]] });
  writeScript(script, body, { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` });
  return {
    pid,
    url: `${dataPlane.url()}/endpoints/forest/predict`,
    script,
    stop: () => dataPlane.stop(),
  };
}

async function startPeer(peer: Peer, python: string): Promise<Running> {
  const folder = join(home, peer.name.replace(' ', '-'));
  const { command, args, cwd } = peer.start({
    python,
    model: modelFile,
    folder,
    port: PORT,
    columns: SHAPE.columns,
  });
  const child = onServerCore(command, args, peer.name, { cwd, python });
  const running = await up(child, `http://127.0.0.1:${PORT}${peer.path}`, peer.body(row));
  const answer = await post(running.url, peer.body(row));
  const said = peer.read((await answer.json()) as never);
  if (!(Math.abs(said - known) < 1e-4)) throw new Error(`${peer.name} says ${said}, the model ${known}`);
  return running;
}

function onServerCore(
  command: string,
  args: readonly string[],
  name: string,
  { cwd, python }: { cwd?: string | undefined; python?: string } = {},
): ChildProcess {
  const log = openSync(join(home, `${name.replace(' ', '-')}.log`), 'a');
  const path = `${python === undefined ? '' : `${join(python, '..')}:`}${process.env.PATH}`;
  return spawn('taskset', ['-c', SERVER_CORE!, command, ...args], {
    cwd,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      PATH: path,
      MODEL: modelFile,
      COLUMNS_OF_MODEL: String(SHAPE.columns),
      PYTHONDONTWRITEBYTECODE: '1',
      OMP_NUM_THREADS: '1',
      BENTOML_DO_NOT_TRACK: 'True',
      BENTOML_HOME: join(home, 'bentoml-home'),
      RAY_USAGE_STATS_ENABLED: '0',
      MLFLOW_DISABLE_TELEMETRY: 'true',
    },
  });
}

/** Waits until a server answers the body. */
async function up(child: ChildProcess, url: string, body: unknown): Promise<Running> {
  const script = join(home, `${child.pid}.lua`);
  writeScript(script, JSON.stringify(body), { 'Content-Type': 'application/json' });
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const ok = await post(url, body).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) break;
    if (child.exitCode !== null || performance.now() > until) throw new Error(`nothing answers at ${url}`);
    await pause(250);
  }
  return { pid: child.pid!, url, script, stop: () => stop(child) };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Ends a server and all that it started. */
async function stop(child: ChildProcess): Promise<void> {
  const tree = treeOf(child.pid!);
  child.kill('SIGTERM');
  for (let waited = 0; waited < 10_000 && child.exitCode === null && child.signalCode === null; waited += 100)
    await pause(100);
  for (const pid of tree) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // gone already
  }
  await pause(500);
}

function leastDisturbed(all: readonly Figures[]): Figures {
  return all.reduce((best, one) => (one.requestsASecond > best.requestsASecond ? one : best));
}

/** Of Slipway to each other server. */
function ratios(best: ReadonlyMap<string, Figures>) {
  const ours = best.get('slipway')!;
  const ratio = (other: Figures, of: keyof Figures) => Number((ours[of] / other[of]).toFixed(2));
  return Object.fromEntries(
    [...best].map(([name, other]) => [
      name,
      {
        requestsASecond: ratio(other, 'requestsASecond'),
        p99: ratio(other, 'p99Ms'),
        cpu: ratio(other, 'cpuMicroseconds'),
        memory: ratio(other, 'memoryMiB'),
      },
    ]),
  );
}
