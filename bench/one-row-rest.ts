/**
 * One-row REST predictions on 100 trees against a bare node:http echo of the same body: processor time of the server
 * for each request, and requests a second. The client is `wrk` (Debian: apt-get install wrk).
 *
 * Run: `npm run bench -- one-row-rest`
 * Prints one JSON line per round and server, then the medians, and the median of the rounds' ratios
 * (the two servers of a round see the same machine). The aim is a ratio of at most 1.5.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference } from '../packages/server/src/testing/built-inference.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';

const SHAPE = { trees: 100, depth: 6, columns: 20, seed: 1 };
const ROUNDS = 7;
const SECONDS = 3;
const CONNECTIONS = 32;
const ECHO_PORT = 7498;
const TOKEN = 'bench-token';

const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
const bundle = await forestBundle(join(home, 'forest'), SHAPE);
const dataPlane = dataPlaneProcess({
  entry: await builtInference(home, process.cwd()),
  host: '127.0.0.1',
  port: 0,
  logDir: join(home, 'predictions'),
});
await dataPlane.start();
const tokenHashes = [createHash('sha256').update(TOKEN).digest('hex')];
const route = {
  modelName: 'forest',
  modelVersion: 1,
  weight: 1,
  bundleId: bundle.bundleId,
  folder: bundle.folder,
};
const outcomes = await dataPlane.apply({ endpoints: [{ name: 'forest', tokenHashes, routes: [route] }] });
if (outcomes.some((outcome) => !outcome.ok)) throw new Error(JSON.stringify(outcomes));
const echo: ChildProcess = spawn(process.execPath, ['bench/one-row-rest-echo.mjs', String(ECHO_PORT)]);
process.once('exit', () => echo.kill());
while (!(await isThere(`http://127.0.0.1:${ECHO_PORT}/`))) await pause(100);

type Server = { name: string; url: string; pid: number };
const servers: Server[] = [
  { name: 'echo', url: `http://127.0.0.1:${ECHO_PORT}/`, pid: echo.pid! },
  { name: 'slipway', url: `${dataPlane.url()}/endpoints/forest/predict`, pid: dataPlane.pid()! },
];
const script = join(home, 'post.lua');
const body = JSON.stringify({ rows: [bundle.manifest.golden.rows[0]] });
writeFileSync(
  script,
  `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\n` +
    `wrk.headers["Authorization"] = "Bearer ${TOKEN}"\n`,
);

const figures: Record<string, { cpu: number[]; rate: number[]; p99: number[] }> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const server of servers) {
    const seconds = round === 0 ? 2 : SECONDS;
    const figure = await measure(server, seconds);
    if (round === 0) continue;
    console.log(JSON.stringify({ round, server: server.name, ...figure }));
    figures[server.name] ??= { cpu: [], rate: [], p99: [] };
    figures[server.name]!.cpu.push(figure.cpuMicroseconds);
    figures[server.name]!.rate.push(figure.requestsASecond);
    figures[server.name]!.p99.push(figure.p99Ms);
  }
}
const medians = Object.fromEntries(
  Object.entries(figures).map(([name, { cpu, rate, p99 }]) => [
    name,
    { cpuMicroseconds: median(cpu), requestsASecond: median(rate), p99Ms: median(p99) },
  ]),
);
const ratios = figures.slipway!.cpu.map((cpu, round) => cpu / figures.echo!.cpu[round]!);
const { log, residentBytes } = await dataPlane.stats();
console.log(JSON.stringify({ medians, cpuRatio: Number(median(ratios).toFixed(2)), log, residentBytes }));
echo.kill();
await dataPlane.stop();
rmSync(home, { recursive: true });

async function isThere(url: string): Promise<boolean> {
  return fetch(url, { method: 'POST' }).then(
    () => true,
    () => false,
  );
}

async function measure({ url, pid }: Server, seconds: number) {
  const before = cpuSeconds(pid);
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    script,
    url,
  ]);
  const spent = cpuSeconds(pid) - before;
  if (/Non-2xx/.test(stdout)) throw new Error(stdout);
  const requests = Number(/(\d+) requests in/.exec(stdout)![1]);
  return {
    requests,
    requestsASecond: Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1])),
    cpuMicroseconds: Number(((spent * 1e6) / requests).toFixed(1)),
    p99Ms: milliseconds(/^\s+99%\s+(\S+)/m.exec(stdout)![1]!),
  };
}

function milliseconds(text: string): number {
  const value = Number.parseFloat(text);
  return text.endsWith('us') ? value / 1000 : text.endsWith('ms') ? value : value * 1000;
}

/** User and system time of a process and its threads, from /proc, in ticks of 10 ms. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
