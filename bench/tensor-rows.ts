/**
 * A thousand rows as one binary tensor over HTTP, against ONNX Runtime alone on the same rows; one row likewise; and how long an
 * endpoint is without its model after the process that held it was killed. Both sides take turns, after 2,000 requests that warm them.
 *
 *   npm run bench -- tensor-rows [--rounds 300]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelProcesses } from '../packages/server/src/adapters/onnx/index.ts';
import { dataPlaneProcess } from '../packages/server/src/adapters/processes/index.ts';
import { builtInference, builtModelProcess } from '../packages/server/src/testing/built-inference.ts';
import { importedBundle } from '../packages/server/src/testing/imported-bundle.ts';
import { modelPids } from '../packages/server/src/testing/model-pids.ts';
import { endpointOf } from '../packages/server/src/testing/running-inference.ts';
import { denseModel } from '../packages/server/src/testing/sample-onnx.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '300' } } });
const rounds = Number(values.rounds);
/** The server's dependency, which this folder has no other business with. */
const RUNTIME = 'onnxruntime-node';
const { InferenceSession, Tensor } = createRequire(join(process.cwd(), 'packages/server/package.json'))(
  RUNTIME,
);
/** A server has compiled its code long before the request that counts. */
const WARM_UP_ROUNDS = 2000;
const TOKEN = 'bench';
const COLUMNS = 8;

const home = mkdtempSync(join(tmpdir(), 'slipway-tensors-'));
const entry = await builtInference(home, process.cwd());
const processes = modelProcesses(await builtModelProcess(home, process.cwd()));
const dataPlane = dataPlaneProcess({ entry, host: '127.0.0.1', port: 0, logDir: join(home, 'predictions') });
await dataPlane.start();
const agent = new Agent({ keepAlive: true });
const url = new URL('/v2/models/dense/infer', dataPlane.url());

function ask(body: Buffer, headerLength: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(headerLength),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function bodyOf(x: Float32Array): { body: Buffer; headerLength: number } {
  const rows = x.length / COLUMNS;
  const header = JSON.stringify({
    inputs: [
      { name: 'x', datatype: 'FP32', shape: [rows, COLUMNS], parameters: { binary_data_size: x.byteLength } },
    ],
    parameters: { binary_data_output: true },
  });
  return { body: Buffer.concat([Buffer.from(header), Buffer.from(x.buffer)]), headerLength: header.length };
}

/** The middle and the ninth of ten, in microseconds. */
function figures(times: number[]): { p50: number; p90: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)]! * 1000);
  return { p50: at(0.5), p90: at(0.9) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

try {
  const model = denseModel(4096);
  const bundle = await importedBundle(home, processes, model);
  await dataPlane.apply({ endpoints: [endpointOf('dense', [TOKEN], 1, bundle)] });
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  for (const rows of [1, 1000]) {
    const x = Float32Array.from({ length: rows * COLUMNS }, (_, i) => Math.sin(i));
    const { body, headerLength } = bodyOf(x);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await ask(body, headerLength);
    const alone: number[] = [];
    const served: number[] = [];
    for (let round = 0; round < rounds; round++) {
      alone.push(await timed(() => session.run({ x: new Tensor('float32', x, [rows, COLUMNS]) })));
      served.push(await timed(() => ask(body, headerLength)));
    }
    const [by, ours] = [figures(alone), figures(served)];
    const share = (ours.p50 / by.p50).toFixed(2);
    process.stdout.write(
      `${rows} rows: ONNX Runtime alone ${by.p50} µs (p90 ${by.p90}), over HTTP ${ours.p50} µs (p90 ${ours.p90}): ${share} times\n`,
    );
  }
  const { body, headerLength } = bodyOf(new Float32Array(COLUMNS));
  const gone: number[] = [];
  for (let death = 0; death < 2; death++) {
    process.kill(modelPids(bundle.folder)[0]!, 'SIGKILL');
    gone.push(
      await timed(async () => {
        while ((await ask(body, headerLength)) !== 200) await new Promise(setImmediate);
      }),
    );
  }
  process.stdout.write(
    `after a kill the model answers again in ${gone.map((ms) => `${Math.round(ms)} ms`).join(' and ')}\n`,
  );
} finally {
  agent.destroy();
  await dataPlane.stop();
  rmSync(home, { recursive: true });
}
