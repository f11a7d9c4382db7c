import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { predictionLogReader } from '../adapters/prediction-log/index.ts';
import { type ImportedBundle, importedBundle } from '../testing/imported-bundle.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { modelPids } from '../testing/model-pids.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';
import { countingModel, denseModel, imageModel, mixingModel, textModel } from '../testing/sample-onnx.ts';

let running: RunningInference;
const bundles: Record<string, ImportedBundle> = {};
const client = inferenceClient(() => running, 'secret');

/** About a tenth of a second of work. */
const SLOW_TURNS = 40_000;

beforeAll(async () => {
  running = await runningInference({ modelProcesses: 1, maxWaitingRows: 50 });
  const processes = modelProcesses(running.modelEntry);
  const make = (model: Uint8Array, asked = {}) => importedBundle(running.home, processes, model, asked);
  bundles.dense = await make(denseModel(), { task: 'multiclass', classes: ['no', 'maybe', 'yes'] });
  bundles.other = await make(denseModel(16, 9));
  bundles.image = await make(imageModel());
  bundles.text = await make(textModel());
  bundles.mixing = await make(mixingModel());
  bundles.slow = await make(countingModel(SLOW_TURNS));
  bundles.slower = await make(countingModel(20 * SLOW_TURNS));
  await apply(Object.keys(bundles).filter((name) => name !== 'other'));
}, 180_000);
afterAll(() => running?.end());

/** The loop inside is not analysed: that its rows are independent is for the operator of the endpoint to say. */
const SAID: Record<string, 'on' | 'off'> = { slow: 'on' };

async function apply(names: readonly string[], swapped: Record<string, string> = {}, said = SAID) {
  const endpoints = names.map((name) => ({
    ...endpointOf(name, ['secret'], swapped[name] === undefined ? 1 : 2, bundles[swapped[name] ?? name]!),
    ...(said[name] && { batching: said[name] }),
  }));
  const outcomes = await running.dataPlane.apply({ endpoints });
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
}

const X = [1, 2, 3, 4, 5, 6, 7, 8];

function tensor(name: string, datatype: string, shape: number[], data: unknown) {
  return { inputs: [{ name, datatype, shape, data }] };
}

type Told = { outputs: { name: string; datatype: string; shape: number[]; data: unknown[] }[] };

/** Process ids of the model processes that hold the graph of a bundle. */
const processesOf = ({ folder }: ImportedBundle): number[] => modelPids(folder);

describe('a model of tensors', () => {
  it('answers rows with the value, the shares of its classes, and every output', async () => {
    const reply = await client.post('/endpoints/dense/predict', {
      rows: [{ x: X }, { x: [0, 0, 0, 0, 0, 0, 0, 1] }],
    });
    expect(reply.status).toBe(200);
    expect(reply.headers['x-slipway-model-version']).toBe('1');
    const { predictions } = reply.json() as {
      predictions: { id: string; value: string; probabilities: object; outputs: { scores: number[] } }[];
    };
    expect(predictions).toHaveLength(2);
    const [first] = predictions;
    const largest = Math.max(...first!.outputs.scores);
    expect(first!.value).toBe(['no', 'maybe', 'yes'][first!.outputs.scores.indexOf(largest)]);
    expect(Object.values(first!.probabilities)).toEqual(first!.outputs.scores);
    expect(first!.id).not.toBe(predictions[1]!.id);
  });

  it('answers the same in JSON and in bytes, and in whatever company', async () => {
    const json = (
      await client.post('/v2/models/dense/infer', tensor('x', 'FP32', [1, 8], [X]))
    ).json() as Told;
    const head = JSON.stringify({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 8], parameters: { binary_data_size: 32 } }],
      parameters: { binary_data_output: true },
    });
    const body = Buffer.concat([Buffer.from(head), Buffer.from(Float32Array.from(X).buffer)]);
    const headers = { 'inference-header-content-length': String(head.length) };
    const calls = Array.from({ length: 20 }, () => client.call('/v2/models/dense/infer', { body, headers }));
    for (const reply of await Promise.all(calls)) {
      const length = Number(reply.headers['inference-header-content-length']);
      const bytes = reply.bytes.subarray(length);
      const scores = [0, 4, 8].map((at) => bytes.readFloatLE(at));
      for (const [i, score] of scores.entries())
        expect(score).toBeCloseTo(json.outputs[0]!.data[i] as number, 5);
    }
  });

  it('takes images of any size', async () => {
    const pixels = Array.from({ length: 3 * 10 * 12 }, (_, i) => (i % 7) / 7);
    const reply = await client.post(
      '/v2/models/image/infer',
      tensor('image', 'FP32', [1, 3, 10, 12], pixels),
    );
    expect(reply.json()).toMatchObject({ outputs: [{ name: 'scores', datatype: 'FP32', shape: [1, 4] }] });
  });

  it('takes and gives texts', async () => {
    const reply = await client.post(
      '/v2/models/text/infer',
      tensor('text', 'BYTES', [3], ['good', 'bad', '☃']),
    );
    const { outputs } = reply.json() as Told;
    expect(outputs.map(({ name, data }) => [name, data])).toEqual([
      ['class', [0, 1, -1]],
      ['echo', ['good', 'bad', '☃']],
    ]);
    const rows = await client.post('/endpoints/text/predict', { rows: [{ text: 'bad' }] });
    expect(rows.json()).toMatchObject({ predictions: [{ value: 1, outputs: { echo: 'bad' } }] });
  });

  it('answers KServe’s first protocol, an instance a row', async () => {
    const reply = await client.post('/v1/models/dense:predict', { instances: [X, { x: X }] });
    const { predictions } = reply.json() as { predictions: { value: string }[] };
    expect(predictions.map(({ value }) => value)).toEqual([predictions[0]!.value, predictions[0]!.value]);
  });

  it('names its tensors', async () => {
    expect((await client.get('/v2/models/image')).json()).toMatchObject({
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 3, -1, -1] }],
      outputs: [{ name: 'scores', datatype: 'FP32', shape: [-1, 4] }],
    });
    const { example } = (await client.get('/endpoints/dense')).json();
    expect((await client.post('/endpoints/dense/predict', example)).status).toBe(200);
    const api = (await client.get('/endpoints/dense/openapi.json')).json();
    expect(JSON.stringify(api)).toContain(
      '"x":{"type":"array","items":{"type":"number"},"minItems":8,"maxItems":8}',
    );
  });

  it.each([
    ['a tensor it does not take', tensor('y', 'FP32', [1, 8], [X]), 'no tensor y'],
    ['another datatype', tensor('x', 'FP64', [1, 8], [X]), 'FP32, not FP64'],
    ['another shape', tensor('x', 'FP32', [1, 7], X.slice(1)), 'takes the shape [rows, 8]'],
    ['fewer values than the shape says', tensor('x', 'FP32', [2, 8], [X]), '16 values'],
    ['a word among the numbers', tensor('x', 'FP32', [1, 8], [...X.slice(1), 'x']), 'no float32'],
    ['no tensor', { inputs: [] }, 'takes a tensor x'],
  ])('refuses %s', async (_, body, says) => {
    const reply = await client.post('/v2/models/dense/infer', body);
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(says)]);
  });

  it('says where else to ask when it is asked for in the words of tables', async () => {
    const reply = await client.post(
      '/invocations',
      { dataframe_records: [{ x: 1 }] },
      { 'x-slipway-endpoint': 'dense' },
    );
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('/v2/models/dense/infer')]);
  });

  it('logs its rows with their ids', async () => {
    const reply = await client.post('/endpoints/dense/predict', { rows: [{ x: X.toReversed() }] });
    const { id, value } = (reply.json() as { predictions: { id: string; value: string }[] }).predictions[0]!;
    const read = async () => {
      const records = [];
      for await (const batch of predictionLogReader(running.logDir).read('dense', {})) records.push(...batch);
      return records.find((record) => record.id === id);
    };
    await expect.poll(read, { timeout: 10_000 }).toMatchObject({ row: { x: X.toReversed() }, value });
  });

  const logged = async (endpoint: string, isMine: (id: string) => boolean) => {
    const records = [];
    for await (const batch of predictionLogReader(running.logDir).read(endpoint, {}))
      records.push(...batch.filter(({ id }) => isMine(id)));
    return records;
  };

  it('whose caller names the prediction runs and logs the same tensors once, in every protocol', async () => {
    const named = { 'x-slipway-prediction-id': 'lead-1' };
    const rest = (x: number[]) => client.post('/endpoints/dense/predict', { rows: [{ x }] }, named);
    const v2 = (x: number[], id = 'lead-1') =>
      client.post('/v2/models/dense/infer', {
        ...tensor('x', 'FP32', [1, 8], [x]),
        ...{ id, parameters: { prediction_id: true } },
      });
    const v1 = (x: number[]) => client.post('/v1/models/dense:predict', { instances: [x] }, named);
    const before = await executions('dense');
    const first = (await rest(X)).json() as { predictions: { id: string; value: string }[] };
    expect(first.predictions[0]!.id).toBe('lead-1');
    expect((await rest(X)).json()).toEqual(first);
    expect((await v2(X)).json()).toMatchObject({ id: 'lead-1', outputs: [{ name: 'scores' }] });
    expect((await v1(X)).json()).toMatchObject({ predictions: first.predictions });
    expect(await executions('dense')).toBe(before + 1);
    for (const ask of [rest, v2, v1]) {
      const other = await ask(X.toReversed());
      expect([other.status, other.text]).toEqual([409, expect.stringContaining('lead-1')]);
    }
    const { outputs } = (await v2([...X.slice(1), 0], 'lead-2')).json() as Told;
    await expect.poll(() => logged('dense', (id) => id === 'lead-2'), { timeout: 10_000 }).toHaveLength(1);
    const [record] = await logged('dense', (id) => id === 'lead-2');
    const best = outputs[0]!.data.indexOf(Math.max(...(outputs[0]!.data as number[])));
    expect(record).toMatchObject({ row: { x: [...X.slice(1), 0] }, value: ['no', 'maybe', 'yes'][best] });
    expect(await logged('dense', (id) => id === 'lead-1')).toHaveLength(1);
  });

  it('numbers the rows of a named request, and logs no tensors that nobody named', async () => {
    const rows = [X, X.toReversed()];
    const body = tensor('x', 'FP32', [2, 8], rows);
    const all = await logged('dense', () => true);
    expect((await client.post('/v2/models/dense/infer', body)).status).toBe(200);
    const named = { 'x-slipway-prediction-id': 'pair' };
    expect((await client.post('/v2/models/dense/infer', body, named)).status).toBe(200);
    const mine = () => logged('dense', (id) => id.startsWith('pair'));
    await expect.poll(mine, { timeout: 10_000 }).toHaveLength(2);
    expect((await mine()).map(({ id, row }) => [id, row])).toEqual([
      ['pair.0', { x: rows[0] }],
      ['pair.1', { x: rows[1] }],
    ]);
    expect(await logged('dense', () => true)).toHaveLength(all.length + 2);
  });

  it('keeps the id of a request that failed free, and of one under way busy', async () => {
    const named = { 'x-slipway-prediction-id': 'slow-1' };
    const ask = (x: unknown) => client.post('/v2/models/slow/infer', tensor('x', 'FP32', [1], [x]), named);
    expect((await ask('word')).status).toBe(400);
    const [one, other] = await Promise.all([ask(5), ask(5)]);
    expect([one!.status, other!.status].toSorted()).toEqual([200, 429]);
    expect((await ask(5)).status).toBe(200);
    expect((await ask(6)).status).toBe(409);
  });

  const executions = async (name: string) => {
    const stats = (await client.get(`/v2/models/${name}/stats`)).json() as {
      model_stats: { execution_count: number }[];
    };
    return stats.model_stats[0]?.execution_count ?? 0;
  };
  const askSlow = async (value: number) => {
    const reply = await client.post('/v2/models/slow/infer', tensor('x', 'FP32', [2], [value, -value]));
    return (reply.json() as Told).outputs[0]!.data;
  };

  it('answers each of many callers about their own rows while they are run together', async () => {
    const asked = Array.from({ length: 20 }, (_, i) => i + 1);
    const before = await executions('slow');
    const answers = await Promise.all(asked.map(askSlow));
    expect(answers).toEqual(asked.map((value) => [value + SLOW_TURNS, SLOW_TURNS - value]));
    expect((await executions('slow')) - before).toBeLessThan(20);
  });

  it.each([
    ['where nothing is proven and nothing is said', {}],
    ['where the endpoint says so', { slow: 'off' as const }],
  ])('runs each request alone %s', async (_, said) => {
    const all = Object.keys(bundles).filter((name) => name !== 'other');
    await apply(all, {}, said);
    const before = await executions('slow');
    await Promise.all([1, 2, 3, 4, 5].map(askSlow));
    expect((await executions('slow')) - before).toBe(5);
    await apply(all);
  });

  it('never lets one request change another whose rows depend on each other', async () => {
    const ask = async (values: readonly number[]) => {
      const reply = await client.post(
        '/v2/models/mixing/infer',
        tensor('x', 'FP32', [values.length], values),
      );
      expect(reply.text).toContain('outputs');
      return (reply.json() as Told).outputs[0]!.data;
    };
    const asked = Array.from({ length: 10 }, (_, i) => [i, 3 * i + 2]);
    const answers = await Promise.all(asked.map(ask));
    expect(answers).toEqual(asked.map(([a, b]) => [a! - (a! + b!) / 2, b! - (a! + b!) / 2]));
  });

  it('refuses what would wait too long, and says when to come back', async () => {
    const rows = Array.from({ length: 40 }, () => 1);
    const ask = () => client.post('/v2/models/slow/infer', tensor('x', 'FP32', [40], rows));
    const replies = await Promise.all([ask(), ask(), ask(), ask()]);
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]!.headers['retry-after']).toBe('1');
  });

  it('gives up on a request whose time is over', async () => {
    const busy = client.post('/v2/models/slow/infer', tensor('x', 'FP32', [1], [1]));
    const body = { ...tensor('x', 'FP32', [1], [1]), parameters: { timeout: 1000 } };
    const replies = await Promise.all([busy, client.post('/v2/models/slow/infer', body)]);
    expect(replies.map(({ status }) => status)).toEqual([200, 503]);
  });
});

describe('the death of a model’s process', () => {
  it('costs the requests that it was computing and no others, and the model is back', async () => {
    const [pid] = processesOf(bundles.slower!);
    const ask = (value: number) => client.post('/v2/models/slower/infer', tensor('x', 'FP32', [1], [value]));
    const doomed = ask(1);
    await expect.poll(() => isBusy('slower')).toBe(true);
    const waiting = [2, 3, 4].map(ask);
    const others = Array.from({ length: 30 }, () =>
      client.post('/v2/models/dense/infer', tensor('x', 'FP32', [1, 8], [X])),
    );
    process.kill(pid!, 'SIGSEGV');
    const lost = await doomed;
    expect([lost.status, lost.headers['retry-after']]).toEqual([503, '1']);
    expect(lost.text).toContain('SIGSEGV');
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await Promise.all(others)).every(({ status }) => status === 200)).toBe(true);
    const [next, ...more] = processesOf(bundles.slower!);
    expect(more).toEqual([]);
    expect(next).not.toBe(pid);
    expect(running.dataPlane.restarts()).toBe(0);
  });

  it('again and again makes the model rest, refused at once, until it is well', async () => {
    for (let death = 0; death < 3; death++) {
      await expect.poll(() => processesOf(bundles.mixing!).length, { timeout: 10_000 }).toBe(1);
      process.kill(processesOf(bundles.mixing!)[0]!, 'SIGKILL');
      await expect.poll(() => deathsOf('mixing')).toBe(death + 1);
    }
    const ask = () => client.post('/v2/models/mixing/infer', tensor('x', 'FP32', [2], [1, 3]));
    const refused = await ask();
    expect([refused.status, refused.text]).toEqual([
      503,
      expect.stringContaining('crashed 3 times in a row; the circuit breaker is open'),
    ]);
    await expect.poll(async () => (await ask()).status, { timeout: 10_000, interval: 100 }).toBe(200);
  });
});

describe('the versions of a model', () => {
  it('follow one another without a failed request, and the former one’s process goes', async () => {
    const names = Object.keys(bundles).filter((name) => name !== 'other');
    const [former] = processesOf(bundles.dense!);
    let done = false;
    const seen = new Map<string, number>();
    const caller = (async () => {
      while (!done) {
        const reply = await client.post('/v2/models/dense/infer', tensor('x', 'FP32', [1, 8], [X]));
        const key = `${reply.status} of version ${reply.headers['x-slipway-model-version']}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    })();
    await apply(names, { dense: 'other' });
    await expect.poll(() => seen.has('200 of version 2')).toBe(true);
    done = true;
    await caller;
    expect([...seen.keys()].filter((key) => !key.startsWith('200'))).toEqual([]);
    await expect.poll(() => processesOf(bundles.dense!)).not.toContain(former);
  });

  it('do not take over when their graph is not the one that was signed', async () => {
    const { folder } = bundles.text!;
    const graph = readFileSync(`${folder}/model.onnx`);
    const forged = await importedBundle(running.home, modelProcesses(running.modelEntry), imageModel());
    await writeFile(`${forged.folder}/model.onnx`, graph);
    const [outcome] = await running.dataPlane.apply({
      endpoints: [endpointOf('forged', ['secret'], 1, forged)],
    });
    // The endpoint never answered: nothing of a former version is told.
    expect(outcome).toMatchObject({
      ok: false,
      failure: {
        code: 'endpoint.load-failed',
        hint: 'No version is deployed at this endpoint yet; deploy another version.',
      },
    });
    await writeFile(`${forged.folder}/model.onnx`, imageModel());
  });
});

async function metric(name: string, endpoint: string): Promise<number> {
  const { text } = await client.get('/metrics');
  const line = text.split('\n').find((each) => each.startsWith(`${name}{endpoint="${endpoint}"`));
  return Number(line?.split(' ').at(-1));
}

async function isBusy(endpoint: string): Promise<boolean> {
  return (await metric('slipway_inference_model_processes_busy', endpoint)) === 1;
}

function deathsOf(endpoint: string): Promise<number> {
  return metric('slipway_inference_model_deaths_total', endpoint);
}
