/**
 * A hundred clients that behave, alone and beside a thousand that send a byte a second: the time that 99 of 100 requests of the
 * former stay within must not double. Both are measured in turns, since the machine may do other things; the slow ones live in a
 * process of their own.
 *
 *   npm run bench -- slow-clients [--seconds 40] [--slow 1000]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference } from '../packages/server/src/testing/built-inference.ts';
import { forestBundle } from '../packages/server/src/testing/bundle-builder.ts';
import { latency, openLoad, type Shot } from '../packages/server/src/testing/open-load.ts';
import { endpointOf } from '../packages/server/src/testing/running-inference.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    slow: { type: 'string', default: '1000' },
    /** What the process of the slow clients is told: whom to bother, and with which body. */
    bother: { type: 'string' },
  },
});
const slowClients = Number(values.slow);
const TOKEN = 'bench';
/** Of all hundred together: five a second each. */
const RATE = 500;
const TURNS = 4;
const turnSeconds = Number(values.seconds) / TURNS / 2;

type Bothered = { url: string; body: string };

/** Half of them are slow with their headers, half with their body. */
function slowSocket(i: number, { url, body }: Bothered): void {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const head = `POST /endpoints/forest/predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  const text = i % 2 === 0 ? `${head}\r\n${body}` : head;
  const sentAtOnce = i % 2 === 0 ? head.length + 2 : 60;
  let at = sentAtOnce;
  socket.on('error', () => {});
  socket.resume();
  socket.write(text.slice(0, sentAtOnce));
  // A byte a second, each at a moment of its own.
  setTimeout(() => {
    const timer = setInterval(() => {
      socket.write(text.slice(at, ++at));
      if (at >= text.length - 1) clearInterval(timer);
    }, 1000);
    socket.once('close', () => clearInterval(timer));
  }, Math.random() * 1000);
}

if (values.bother !== undefined) {
  const bothered = JSON.parse(values.bother) as Bothered;
  for (let i = 0; i < slowClients; i++) slowSocket(i, bothered);
  await new Promise(() => {}); // until it is ended
}

const home = mkdtempSync(join(tmpdir(), 'slipway-slow-'));
const entry = await builtInference(home, process.cwd());
const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir: join(home, 'predictions') });
await dataPlane.start();

try {
  const forest = await forestBundle(join(home, 'forest'), { trees: 100, depth: 6, columns: 20, seed: 1 });
  await dataPlane.apply({ endpoints: [endpointOf('forest', [TOKEN], 1, forest)] });
  const body = JSON.stringify({ rows: [forest.manifest.golden.rows[0]] });
  const target = {
    url: `${dataPlane.url()}/endpoints/forest/predict`,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: Buffer.from(body),
  };
  await openLoad(target, RATE, turnSeconds); // compiles the code
  const alone: Shot[] = [];
  const beside: Shot[] = [];
  let receiving = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    alone.push(...(await openLoad(target, RATE, turnSeconds)));
    const order: Bothered = { url: dataPlane.url(), body };
    const args = ['scripts/bench.mjs', 'slow-clients', '--slow', values.slow];
    const slow = spawn(process.execPath, [...args, '--bother', JSON.stringify(order)], { stdio: 'ignore' });
    while ((await dataPlane.stats()).inFlight < slowClients / 2) await pause(100);
    await pause(1000);
    beside.push(...(await openLoad(target, RATE, turnSeconds)));
    receiving = Math.max(receiving, (await dataPlane.stats()).inFlight);
    slow.kill('SIGKILL');
    while ((await dataPlane.stats()).inFlight > 0) await pause(100);
  }
  const told = (shots: readonly Shot[]) => ({
    requests: shots.length,
    failed: shots.filter(({ status }) => status !== 200).length,
    p50: latency(shots, 0.5),
    p99: latency(shots, 0.99),
  });
  process.stdout.write(
    `${JSON.stringify({
      load: loadavg()[0]!.toFixed(1),
      slowClients,
      receiving,
      aloneMs: told(alone),
      besideMs: told(beside),
      p99Ratio: Number((latency(beside, 0.99) / latency(alone, 0.99)).toFixed(2)),
    })}\n`,
  );
} finally {
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
