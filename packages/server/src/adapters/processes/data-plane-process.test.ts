import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PredictionRecord } from '../../stages/serve/index.ts';
import { type BuiltBundle, constantBundle, GOOD_ROW, writeBundle } from '../../testing/bundle-builder.ts';
import { endpointOf, type RunningInference, runningInference } from '../../testing/running-inference.ts';
import { type LoadAnswer, steadyLoad } from '../../testing/steady-load.ts';
import { readPredictionLog } from '../prediction-log/index.ts';
import { dataPlaneProcess } from './data-plane-process.ts';

const TOKEN = 'token';
const BODY = JSON.stringify({ rows: [GOOD_ROW] });

/** Of a busy machine. */
const PATIENT = { timeout: 120_000, interval: 50 };

let running: RunningInference;
let deaths: number;
/** Two versions that answer differently: 'No' by the first, 'Yes' by the second. */
let versions: BuiltBundle[];

beforeEach(async () => {
  deaths = 0;
  running = await runningInference({}, () => deaths++);
  versions = [
    await constantBundle(join(running.home, 'one'), 0.2),
    await constantBundle(join(running.home, 'two'), 0.9),
  ];
});
afterEach(() => running.end());

function table(version: number, bundle = versions[version - 1]!) {
  return { endpoints: [endpointOf('churn', [TOKEN], version, bundle)] };
}

const url = () => `${running.dataPlane.url()}/endpoints/churn/predict`;

async function post(token = TOKEN): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(url(), { method: 'POST', headers, body: BODY });
}

const VALUES = { 1: 'No', 2: 'Yes' } as Record<string, string>;

/** Whether the header, the named model and what it says all belong to the same version. */
function isOfOneVersion({ version, body }: LoadAnswer): boolean {
  const { model, predictions } = JSON.parse(body) as {
    model: { version: number };
    predictions: { value: string }[];
  };
  return String(model.version) === version && predictions[0]!.value === VALUES[version];
}

describe('promotions and rollbacks under load', () => {
  it('fail no request, and every answer names the version that made it', async () => {
    await running.dataPlane.apply(table(1));
    const load = steadyLoad({ url: url(), token: TOKEN, body: BODY, requestsASecond: 200 });
    for (let change = 0; change < 20; change++) {
      expect(await running.dataPlane.apply(table(1 + ((change + 1) % 2)))).toEqual([
        { name: 'churn', ok: true },
      ]);
      await answered(change * 10 + 10);
    }
    const answers = await load.stop();
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
    expect(answers.filter((answer) => !isOfOneVersion(answer))).toEqual([]);
    expect(new Set(answers.map((answer) => answer.version))).toEqual(new Set(['1', '2']));
  });

  /** Resolves when the endpoint has answered so many requests. */
  async function answered(requests: number): Promise<void> {
    for (;;) {
      const stats = await running.dataPlane.stats();
      if (stats.endpoints[0]!.requests >= requests) return;
    }
  }

  it('are seen by the first request after they resolve', async () => {
    for (const version of [1, 2, 1, 2]) {
      await running.dataPlane.apply(table(version));
      expect((await post()).headers.get('x-slipway-model-version')).toBe(String(version));
    }
  });
});

describe('a table that does not hold', () => {
  beforeEach(() => running.dataPlane.apply(table(1)));

  async function refusal(bundle: BuiltBundle): Promise<string> {
    const [outcome] = await running.dataPlane.apply(table(2, bundle));
    expect(outcome).toMatchObject({ name: 'churn', ok: false, failure: { code: 'endpoint.load-failed' } });
    const reply = await post();
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-slipway-model-version')).toBe('1');
    return (outcome as { failure: { message: string } }).failure.message;
  }

  it('leaves the former version answering when a file is not what was signed', async () => {
    const path = join(versions[1]!.folder, 'trees.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"format":1', '"format": 1'));
    expect(await refusal(versions[1]!)).toMatch('trees.json does not match its hash');
  });

  it('leaves the former version answering when the folder holds another bundle', async () => {
    expect(await refusal({ ...versions[1]!, folder: versions[0]!.folder })).toMatch('another');
  });

  it('leaves the former version answering when the folder is gone', async () => {
    expect(await refusal({ ...versions[1]!, folder: join(running.home, 'gone') })).toMatch('cannot be read');
  });

  it('leaves the former version answering when a golden row is answered otherwise', async () => {
    const { folder, engineFile, manifest } = versions[1]!;
    const golden = { ...manifest.golden, predictions: [{ value: 'No' }] };
    const bundleId = await writeBundle(folder, engineFile, { ...manifest, golden });
    expect(await refusal({ ...versions[1]!, bundleId })).toMatch('golden row 0');
  });

  it('still changes who may call', async () => {
    const next = endpointOf('churn', ['new-token'], 2, { ...versions[1]!, bundleId: 'none' });
    await running.dataPlane.apply({ endpoints: [next] });
    expect((await post()).status).toBe(401);
    expect((await post('new-token')).status).toBe(200);
  });

  it('says that an endpoint is not ready when it never had a version', async () => {
    const next = endpointOf('fresh', [TOKEN], 1, { ...versions[1]!, bundleId: 'none' });
    await running.dataPlane.apply({ endpoints: [...table(1).endpoints, next] });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const reply = await fetch(`${running.dataPlane.url()}/endpoints/fresh`, { headers });
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('1');
    expect((await post()).status).toBe(200);
  });
});

describe('a killed data plane', () => {
  it('is started again, at the same address, and serves the last table', async () => {
    await running.dataPlane.apply(table(1));
    await running.dataPlane.apply(table(2));
    const { pid, address } = { pid: running.dataPlane.pid()!, address: running.dataPlane.url() };
    process.kill(pid, 'SIGKILL');
    await untilServing();
    expect(running.dataPlane.url()).toBe(address);
    expect(running.dataPlane.pid()).not.toBe(pid);
    expect((await post()).headers.get('x-slipway-model-version')).toBe('2');
    expect({ deaths, restarts: running.dataPlane.restarts() }).toEqual({ deaths: 1, restarts: 1 });
  });

  it('still takes the table that was being applied', async () => {
    process.kill(running.dataPlane.pid()!, 'SIGKILL');
    expect(await running.dataPlane.apply(table(2))).toEqual([{ name: 'churn', ok: true }]);
    expect((await post()).status).toBe(200);
  });

  it('loses no prediction that was acknowledged before the last flush', async () => {
    await running.dataPlane.apply(table(1));
    const acknowledged: string[] = [];
    for (let i = 0; i < 300; i++) acknowledged.push(await predictionId());
    await untilLogged(300);
    for (let i = 0; i < 50; i++) await predictionId();
    process.kill(running.dataPlane.pid()!, 'SIGKILL');
    await untilServing();
    acknowledged.push(await predictionId());
    await running.dataPlane.stop();
    const logged = new Map((await records()).map((record) => [record.id, record]));
    expect(acknowledged.filter((id) => !logged.has(id))).toEqual([]);
    expect(logged.get(acknowledged[0]!)).toMatchObject({
      model: 'churn',
      version: 1,
      row: GOOD_ROW,
      value: 'No',
    });
  });

  /** Resolves when the process that serves is not the one that was killed, by what callers see. */
  async function untilServing(): Promise<void> {
    while (running.dataPlane.restarts() === 0 || !running.dataPlane.ready()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function untilLogged(records: number): Promise<void> {
    while ((await running.dataPlane.stats()).log.written < records) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
});

async function predictionId(): Promise<string> {
  const reply = (await (await post()).json()) as { predictions: { id: string }[] };
  return reply.predictions[0]!.id;
}

async function records(): Promise<PredictionRecord[]> {
  const all: PredictionRecord[] = [];
  for await (const batch of readPredictionLog(running.logDir, 'churn', {})) all.push(...batch);
  return all;
}

describe('a data plane that no longer answers', () => {
  it('is replaced when it was stopped, and the last table is served again', async () => {
    const reasons: (string | undefined)[] = [];
    const other = await runningInference({}, (reason) => reasons.push(reason));
    try {
      await other.dataPlane.apply(table(2));
      const pid = other.dataPlane.pid()!;
      process.kill(pid, 'SIGSTOP');
      await expect.poll(() => other.dataPlane.ready() && other.dataPlane.pid() !== pid, PATIENT).toBe(true);
      expect(reasons).toEqual(['it is stopped (SIGSTOP)']);
    } finally {
      await other.end();
    }
  });

  it('is replaced when it spins', async () => {
    const entry = join(running.home, 'spinning.mjs');
    await writeFile(
      entry,
      `process.on('message', (message) => {
         if (message.type === 'drain') process.exit();
         if (message.type === 'apply') for (;;);
         if (message.type === 'ping') process.send({ type: 'pong' });
       });
       process.send({ type: 'listening', port: 1, localPort: 1 });`,
    );
    const reasons: (string | undefined)[] = [];
    const spinning = dataPlaneProcess({
      ...{ entry, host: '127.0.0.1', port: 0, logDir: running.logDir },
      settings: { drainDeadlineMs: 1 },
      onDeath: (reason) => reasons.push(reason),
    });
    await spinning.start();
    const outcomes = spinning.apply(table(1)).catch((failure: unknown) => failure);
    try {
      await expect.poll(() => reasons[0], PATIENT).toMatch(/^its main thread has computed for/);
    } finally {
      await spinning.stop();
      await outcomes;
    }
  });
});

describe('stopping', () => {
  it('answers what is under way and writes every acknowledged prediction', async () => {
    await running.dataPlane.apply(table(1));
    const load = steadyLoad({ url: url(), token: TOKEN, body: BODY, requestsASecond: 300 });
    const requests = async () => (await running.dataPlane.stats()).endpoints[0]!.requests;
    await expect.poll(requests, { timeout: 20_000 }).toBeGreaterThan(100);
    await running.dataPlane.stop();
    const answers = await load.stop();
    const made = answers.filter((answer) => answer.status === 200);
    const ids = made.map((answer) => /p_[0-9a-z]{22}/.exec(answer.body)![0]);
    const logged = new Set((await records()).map((record) => record.id));
    expect(ids.length).toBeGreaterThan(50);
    expect(ids.filter((id) => !logged.has(id))).toEqual([]);
    // After the listener closed there is nobody to answer: refused or reset, never answered wrongly.
    expect(answers.filter((answer) => ![0, 200].includes(answer.status))).toEqual([]);
    expect(deaths).toBe(0);
  });

  it('may be followed by a start', async () => {
    await running.dataPlane.apply(table(2));
    await running.dataPlane.stop();
    await expect(running.dataPlane.stats()).rejects.toMatchObject({ code: 'dataplane.unavailable' });
    await running.dataPlane.start();
    await running.dataPlane.apply(table(2));
    expect((await post()).status).toBe(200);
  });
});

describe('the control plane', () => {
  it('that dies takes the data plane with it, so that the next one finds the port free', async () => {
    const script = join(running.home, 'parent.mjs');
    await writeFile(
      script,
      `import { fork } from 'node:child_process';
       const child = fork(process.argv[2], ['--host', '127.0.0.1', '--port', '0']);
       child.on('message', (message) => process.stdout.write(JSON.stringify({ ...message, pid: child.pid }) + '\\n'));`,
    );
    const { entry } = running;
    const parent = spawn(process.execPath, [script, entry], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { port } = JSON.parse(line.toString()) as { port: number };
    parent.kill('SIGKILL');
    const successor = dataPlaneProcess({ entry, host: '127.0.0.1', port, logDir: join(running.home, 'log') });
    await successor.start();
    expect(successor.url()).toBe(`http://127.0.0.1:${port}`);
    await successor.stop();
  });

  it('is told when the port is another program’s', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { entry } = running;
    const refused = dataPlaneProcess({ entry, host: '127.0.0.1', port, logDir: join(running.home, 'log') });
    await expect(refused.start()).rejects.toMatchObject({ code: 'listen.in-use', details: { port } });
    other.close();
  });

  it('sees what the process uses and does', async () => {
    await running.dataPlane.apply(table(1));
    await post();
    const stats = await running.dataPlane.stats();
    expect(stats).toMatchObject({ pid: running.dataPlane.pid(), inFlight: 0, shed: 0 });
    expect(stats.residentBytes).toBeGreaterThan(1e7);
    expect(stats.endpoints).toMatchObject([
      { name: 'churn', ready: true, versions: [1], predictions: 1, requests: 1, failures: 0 },
    ]);
  });
});
