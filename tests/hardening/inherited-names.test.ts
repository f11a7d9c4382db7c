import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isStream, OPERATIONS, type Operation, type OperationId } from '@slipway/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Asked, ask, askRaw } from './requests.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';
import { shipSmall, smallTable } from './small-table.ts';

/** Names that every plain object inherits, or that change what it inherits. */
const NAMES = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
] as const;
const LONG = 180_000;
const ROW = { age: 30, plan: 'gold', city: 'town1' };

let server: ServerUnderTest;
let token: string;
let dataPlanePid: number;

const dataPlaneNow = async () => (await server.client.call['system.status']()).inference;

beforeAll(async () => {
  server = await startServer({ folder: await newFolder() });
  await shipSmall(server.client, 'churn');
  const params = { name: 'churn' };
  token = (await server.client.call['tokens.create']({ params, body: { name: 'shop' } })).secret;
  dataPlanePid = (await dataPlaneNow()).pid!;
}, LONG);
afterAll(cleanUp);

/** Both planes are the processes that they were, and neither met an error of its own. */
afterEach(async () => {
  const { internalErrors, inference } = await server.client.call['system.status']();
  expect(inference).toMatchObject({ ready: true, pid: dataPlanePid });
  const page = (await ask(`${server.inferenceUrl}/metrics`, { token })).text;
  expect(page).toContain('slipway_inference_internal_errors_total{during="request"} 0\n');
  expect(page).toContain('slipway_inference_internal_errors_total{during="background"} 0\n');
  expect(internalErrors).toBe(0);
  process.kill(server.pid, 0);
});

function expectNoFault(answer: Answer, what: string): void {
  expect(answer.status, `${what}: ${answer.text.slice(0, 200)}`).toBeGreaterThanOrEqual(200);
  expect(answer.status, `${what}: ${answer.text.slice(0, 200)}`).toBeLessThan(500);
}

function expectRefused(answer: Answer, what: string): void {
  expectNoFault(answer, what);
  expect(answer.status, `${what}: ${answer.text.slice(0, 200)}`).toBeGreaterThanOrEqual(400);
}

const predict = (asked: Asked) =>
  ask(`${server.inferenceUrl}/endpoints/churn/predict`, { method: 'POST', body: { rows: [ROW] }, ...asked });

/** JSON with one key: an object literal takes `__proto__` for something else. */
const json = (key: string, value: unknown) => `{${JSON.stringify(key)}:${JSON.stringify(value)}}`;

describe.each(NAMES)('the name %s', (name) => {
  /** Headers that are read; those that a caller may put anything into change nothing. */
  const HEADERS: Record<string, { value: string; withToken: number }> = {
    'content-encoding': { value: name, withToken: 415 },
    'content-type': { value: name, withToken: 415 },
    authorization: { value: name, withToken: 401 },
    'x-slipway-endpoint': { value: name, withToken: 200 },
    'x-amzn-sagemaker-target-model': { value: name, withToken: 200 },
    'inference-header-content-length': { value: name, withToken: 200 },
    'accept-encoding': { value: name, withToken: 200 },
    accept: { value: name, withToken: 200 },
    'x-request-id': { value: name, withToken: 200 },
    traceparent: { value: name, withToken: 200 },
    [name]: { value: name, withToken: 200 },
  };

  it('in a header of a prediction is refused or passed over, without a token and with one', async () => {
    for (const [header, { value, withToken }] of Object.entries(HEADERS)) {
      const refused = await predict({ headers: { [header]: value } });
      expectRefused(refused, `${header}, no token`);
      const answered = await predict({ token, headers: { [header]: value } });
      expect(answered.status, `${header}: ${answered.text.slice(0, 200)}`).toBe(withToken);
    }
  });

  it('in the forms of a scheme, a list or a parameter of a header is refused or passed over', async () => {
    const forms: Record<string, string[]> = {
      authorization: [`${name} x`, `Bearer ${name}`, `Basic ${name}`],
      'content-encoding': [name.toUpperCase(), `gzip, ${name}`, ` ${name} `],
      'accept-encoding': [`${name};q=1`, `gzip;q=0, ${name}`, `${name}, *;q=0`],
      'content-type': [`application/json; charset=${name}`, `application/${name}`, `${name}/json`],
    };
    for (const [header, values] of Object.entries(forms)) {
      for (const value of values) {
        expectRefused(await predict({ headers: { [header]: value } }), `${header}: ${value}`);
        expectNoFault(await predict({ token, headers: { [header]: value } }), `${header}: ${value}`);
      }
    }
  });

  it('as an endpoint, a version, a method or a path of the data plane is refused', async () => {
    const paths = [
      `/${name}`,
      `/endpoints/${name}`,
      `/endpoints/${name}/predict`,
      `/endpoints/churn/${name}`,
      `/v1/models/${name}:predict`,
      `/v1/models/churn:${name}`,
      `/v2/models/${name}/infer`,
      `/v2/models/churn/versions/${name}/infer`,
      `/v2/models/churn/${name}`,
      `/v2/repository/models/${name}/load`,
      `/v2/${name}`,
    ];
    for (const path of paths) {
      for (const bearer of [undefined, token]) {
        const url = `${server.inferenceUrl}${path}`;
        expectRefused(await ask(url, { method: 'POST', token: bearer, body: { rows: [ROW] } }), path);
        expectRefused(await ask(url, { token: bearer }), path);
        expectNoFault(
          await askRaw(server.inferenceUrl, path, { method: name.slice(0, 20), token: bearer }),
          path,
        );
      }
    }
    expectNoFault(await predict({ token, headers: { 'x-slipway-endpoint': name } }), 'endpoint header');
    const invocations = `${server.inferenceUrl}/invocations`;
    for (const header of ['x-slipway-endpoint', 'x-amzn-sagemaker-target-model']) {
      const headers = { [header]: name };
      expectRefused(await ask(invocations, { method: 'POST', body: { instances: [ROW] }, headers }), header);
      expectRefused(
        await ask(invocations, { method: 'POST', body: { instances: [ROW] }, token, headers }),
        header,
      );
    }
  });

  it('as a key or a value in the body of any dialect is refused', async () => {
    const tensor = (more: object) => ({ name: 'age', datatype: 'FP64', shape: [1], data: [30], ...more });
    const bodies: [path: string, body: string][] = [
      ['/endpoints/churn/predict', json(name, [ROW])],
      ['/endpoints/churn/predict', `{"rows":[${json(name, 1)}]}`],
      [
        '/endpoints/churn/predict',
        `{"rows":[{"age":30,"plan":"gold","city":"town1",${json(name, 1).slice(1)}]}`,
      ],
      ['/endpoints/churn/predict', JSON.stringify({ rows: [{ ...ROW, age: name }] })],
      ['/endpoints/churn/predict', JSON.stringify({ rows: name })],
      ['/endpoints/churn/predict', JSON.stringify(name)],
      ['/endpoints/churn/invocations', json(name, [ROW])],
      ['/endpoints/churn/invocations', `{"dataframe_split":${json(name, [[1]])}}`],
      ['/endpoints/churn/invocations', JSON.stringify({ dataframe_split: { columns: [name], data: [[1]] } })],
      ['/endpoints/churn/invocations', `{"dataframe_records":[${json(name, 1)}]}`],
      ['/endpoints/churn/invocations', `{"inputs":${json(name, [1])}}`],
      ['/endpoints/churn/invocations', JSON.stringify({ dataframe_records: [{ ...ROW, age: name }] })],
      ['/v1/models/churn:predict', json(name, [ROW])],
      ['/v1/models/churn:predict', `{"instances":[${json(name, 1)}]}`],
      ['/v2/models/churn/infer', json(name, [tensor({})])],
      ['/v2/models/churn/infer', JSON.stringify({ inputs: [tensor({ datatype: name })] })],
      ['/v2/models/churn/infer', JSON.stringify({ inputs: [tensor({ name })] })],
      ['/v2/models/churn/infer', JSON.stringify({ inputs: [tensor({ shape: name })] })],
      ['/v2/models/churn/infer', JSON.stringify({ inputs: [tensor({ data: name })] })],
      ['/v2/models/churn/infer', JSON.stringify({ inputs: [tensor({})], outputs: [{ name }] })],
      ['/v2/models/churn/infer', `{"parameters":${json(name, 1)},"inputs":[${JSON.stringify(tensor({}))}]}`],
      [
        '/v2/models/churn/infer',
        JSON.stringify({ inputs: [tensor({ parameters: { binary_data_size: name } })] }),
      ],
    ];
    for (const [path, body] of bodies) {
      const asked = { method: 'POST', body };
      expectRefused(await ask(`${server.inferenceUrl}${path}`, asked), `${path} ${body}`);
      expectRefused(await ask(`${server.inferenceUrl}${path}`, { ...asked, token }), `${path} ${body}`);
    }
    const category = await predict({ token, body: { rows: [{ ...ROW, plan: name }] } });
    expect(category.status, category.text).toBe(200);
  });

  const operations = Object.entries(OPERATIONS) as [OperationId, Operation][];

  it('in a header of the control plane is refused or passed over', async () => {
    for (const header of Object.keys(HEADERS)) {
      for (const bearer of [undefined, server.ownerKey]) {
        const asked = { method: 'POST', token: bearer, headers: { [header]: name }, body: json('name', 'x') };
        expectRefused(await ask(`${server.url}/api/v1/keys`, asked), `${header} ${bearer === undefined}`);
        expectNoFault(
          await ask(`${server.url}/api/v1/status`, { token: bearer, headers: { [header]: name } }),
          header,
        );
      }
    }
  });

  it('in the path, the query and the keys of the body of every operation is refused', async () => {
    for (const [id, operation] of operations) {
      const { method } = operation;
      if (method === 'GET' && operation.params === undefined && operation.query === undefined) continue;
      const path = operation.path.replace('{version}', '1').replace(/\{\w+\}/g, name);
      for (const bearer of [undefined, server.ownerKey]) {
        const url = `${server.url}${path}?${name}=1`;
        const hasBody = operation.body !== undefined && !isStream(operation.body);
        const bodies = hasBody ? [json(name, name), `{"name":${json(name, {})}}`] : [undefined];
        for (const body of bodies) {
          const answer = await ask(url, { method, token: bearer, ...(body === undefined ? {} : { body }) });
          if (operation.permission === 'public' || method === 'GET') expectNoFault(answer, `${id} ${url}`);
          else expectRefused(answer, `${id} ${url}`);
        }
      }
    }
    const spec = `{"versions":${json(name, 100)}}`;
    const asked = { method: 'PUT', token: server.ownerKey, body: spec };
    expectRefused(await ask(`${server.url}/api/v1/endpoints/churn/spec`, asked), 'a spec');
    for (const part of ['params', 'space']) {
      const body = `{"uploadId":"u","target":"t","learner":"boosted-trees","${part}":${json(name, 1)}}`;
      const ship = { method: 'POST', token: server.ownerKey, body };
      expectRefused(await ask(`${server.url}/api/v1/pipeline-runs`, ship), part);
    }
    const learner = `{"uploadId":"u","target":"t","learner":${JSON.stringify(name)}}`;
    const ship = { method: 'POST', token: server.ownerKey, body: learner };
    expectRefused(await ask(`${server.url}/api/v1/pipeline-runs`, ship), 'a learner');
  });
});

const PROGRAM = join(ROOT, 'packages/cli/bin/slipway.js');

/** Runs a command; gives its exit code and what it said on stderr. */
function slipway(args: readonly string[], cwd: string): Promise<{ code: number | null; says: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd,
      env: {
        PATH: process.env.PATH,
        NO_COLOR: '1',
        SLIPWAY_SERVER: server.url,
        SLIPWAY_TOKEN: server.ownerKey,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let says = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      says += text;
    });
    child.once('close', (code) => resolve({ code, says }));
  });
}

describe.each(['constructor', '__proto__', 'toString'])('the command line, told %s', (name) => {
  it(
    'says that it is no such value, and shows no stack',
    async () => {
      const folder = dirname(server.folder);
      const file = async (text: string, path: string) => {
        await writeFile(join(folder, path), text);
        return join(folder, path);
      };
      const table = await file(smallTable(50), 'table.csv');
      const config = await file(`train:\n  ${name}: 1\n`, `${name}.yaml`);
      const ship = ['ship', table, '--target', 'left'];
      const wrong: string[][] = [
        [...ship, '--task', name],
        [...ship, '--metric', name],
        [...ship, '--budget', `5${name}`],
        [...ship, '--budget', name],
        [...ship, '--seed', name],
        [...ship, '--learner', name],
        [...ship, '--learner', 'boosted-trees', '--params', `${name}=1`],
        [...ship, '--config', config],
        ['ship', table, '--target', name],
        [name],
        ['data', name],
        ['predict', name, table],
        ['models', 'show', name],
        ['up', '--set', `${name}=1`, '--data', join(folder, 'none')],
        ['up', '--set', `${name}.x=1`, '--data', join(folder, 'none')],
      ];
      for (const args of wrong) {
        const { code, says } = await slipway(args, folder);
        expect([2, 4, 6], `${args.join(' ')}: ${code} ${says}`).toContain(code);
        expect(says, args.join(' ')).not.toMatch(/^\s+at /m);
      }
      expect(await readFile(join(server.folder, 'owner.key'), 'utf8')).toContain(server.ownerKey);
    },
    LONG,
  );
});
