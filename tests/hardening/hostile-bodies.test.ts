import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../../packages/server/src/adapters/onnx/index.ts';
import { encodeMessage } from '../../packages/server/src/inference/grpc/schema.ts';
import { freePort } from '../../packages/server/src/testing/free-port.ts';
import { grpcCaller } from '../../packages/server/src/testing/grpc-infer.ts';
import { importedBundle } from '../../packages/server/src/testing/imported-bundle.ts';
import { inferenceClient } from '../../packages/server/src/testing/inference-client.ts';
import { ORDER, ordersBundle } from '../../packages/server/src/testing/orders-bundle.ts';
import {
  endpointOf,
  type RunningInference,
  runningInference,
} from '../../packages/server/src/testing/running-inference.ts';
import { textModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { inputs } from './parsers/mutate.ts';

const REQUESTS = Number(process.env.SLIPWAY_TEST_REQUESTS ?? 120);
const TOKEN = 'token';
const NOT_BUILT = 501;
/** UNKNOWN and INTERNAL. */
const GRPC_FAULTS = [2, 13];

let running: RunningInference;
let grpc: ReturnType<typeof grpcCaller>;
const client = inferenceClient(() => running, TOKEN);

beforeAll(async () => {
  const grpcPort = await freePort();
  running = await runningInference({ grpcPort, modelProcesses: 1 });
  const orders = await ordersBundle(join(running.home, 'orders'));
  const text = await importedBundle(running.home, modelProcesses(running.modelEntry), textModel());
  const split = endpointOf('split', [TOKEN], 1, orders);
  const [route] = split.routes;
  await running.dataPlane.apply({
    endpoints: [
      endpointOf('orders', [TOKEN], 1, orders),
      endpointOf('text', [TOKEN], 1, text),
      { ...split, sticky: { column: 'country' }, routes: [route!, { ...route!, modelVersion: 2 }] },
    ],
  });
  grpc = grpcCaller(`127.0.0.1:${grpcPort}`, TOKEN);
}, 180_000);
afterAll(async () => {
  grpc?.close();
  await running?.end();
});

const WORDS = [
  ...[
    '"toString":1',
    '{"toString":1,"valueOf":[]}',
    '"__proto__":',
    '"constructor":',
    'null',
    'NaN',
    '1e309',
    '[]',
  ],
  ...[
    '"day":',
    '"country":',
    '"amount":',
    '"rows":',
    '"inputs":',
    '"data":',
    '"name":',
    '"shape":',
    '"datatype":',
  ],
  ...[
    '"parameters":',
    '"outputs":',
    '"id":',
    '9007199254740993',
    '"FP64"',
    '"BYTES"',
    '[0]',
    '\\u0000',
    '"text":',
  ],
];

const order = JSON.stringify(ORDER);
const column = (name: string, datatype: string, data: string) =>
  `{"name":"${name}","datatype":"${datatype}","shape":[1],"data":[${data}]}`;
const ORDER_TENSORS = [
  column('day', 'BYTES', '"13/04/2023"'),
  column('country', 'BYTES', '"DE"'),
  column('amount', 'FP64', '12.5'),
  column('express', 'BOOL', 'true'),
].join(',');

/** Bodies that are taken at some paths, of which others are made. */
const ASKED: [says: string, paths: string[], type: string, bodies: string[]][] = [
  [
    'rows',
    ['/endpoints/orders/predict', '/endpoints/split/predict', '/endpoints/orders/predict?explain=true'],
    'application/json',
    [`{"rows":[${order}]}`, `{"rows":[${order},${order.replace('12.5', 'null')}]}`],
  ],
  [
    'rows of tensors',
    ['/endpoints/text/predict'],
    'application/json',
    ['{"rows":[{"text":"good"},{"text":["bad"]}]}'],
  ],
  [
    'instances',
    ['/v1/models/orders:predict', '/v1/models/split:predict', '/v1/models/orders:explain'],
    'application/json',
    [`{"instances":[${order}]}`, '{"instances":[["13/04/2023","DE",12.5,true]]}'],
  ],
  [
    'instances of tensors',
    ['/v1/models/text:predict'],
    'application/json',
    ['{"instances":["good",{"text":"bad"}]}'],
  ],
  [
    'tensors',
    ['/v2/models/orders/infer', '/v2/models/split/infer', '/v2/models/text/infer'],
    'application/json',
    [
      `{"id":"a","inputs":[${ORDER_TENSORS}],"outputs":[{"name":"value"}]}`,
      `{"inputs":[${column('text', 'BYTES', '"good"')}],"parameters":{"binary_data_output":true}}`,
      '{"inputs":[{"name":"all","datatype":"BYTES","shape":[1,4],"data":["13/04/2023","DE","12,5","true"]}]}',
    ],
  ],
  [
    'frames',
    ['/endpoints/orders/invocations', '/endpoints/split/invocations'],
    'application/json',
    [
      `{"dataframe_records":[${order}]}`,
      '{"dataframe_split":{"columns":["day","country","amount","express"],"data":[["13/04/2023","DE",12.5,true]]}}',
      '{"inputs":{"day":["13/04/2023"],"country":["DE"],"amount":[12.5],"express":[true]}}',
    ],
  ],
  [
    'CSV',
    ['/endpoints/orders/invocations', '/endpoints/split/invocations'],
    'text/csv',
    [
      'day,country,amount,express\n13/04/2023,DE,"12,5",true\n',
      'day;country;amount;express\n13/04/2023;"D""E";1;false\n',
    ],
  ],
  ['the index of the repository', ['/v2/repository/index'], 'application/json', ['{"ready":true}']],
];

/** Bodies with a path each; what stands behind a NUL is binary. */
function requests(paths: readonly string[], bodies: readonly string[]) {
  const body = inputs({ examples: bodies.map((each) => Buffer.from(each)), words: WORDS });
  return fc.tuple(fc.constantFrom(...paths), body);
}

const UNCALLABLE = '{"toString":1,"valueOf":[]}';
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('no body ends in a fault of the data plane:', () => {
  it.each([
    ['/endpoints/split/predict', `{"rows":[${order.replace('"DE"', UNCALLABLE)}]}`],
    ['/v1/models/split:predict', `{"instances":[${order.replace('"DE"', DEEP)}]}`],
    [
      '/v2/models/orders/infer',
      `{"inputs":[{"name":${UNCALLABLE},"datatype":"FP64","shape":[1],"data":[1]}]}`,
    ],
    [
      '/v2/models/orders/infer',
      `{"inputs":[{"name":"amount","datatype":${UNCALLABLE},"shape":[1],"data":[1]}]}`,
    ],
    [
      '/v2/models/text/infer',
      `{"inputs":[{"name":"text","datatype":${UNCALLABLE},"shape":[1],"data":["a"]}]}`,
    ],
    [
      '/v2/models/text/infer',
      `{"inputs":[{"name":"text","datatype":"BYTES","shape":[1],"data":[${UNCALLABLE}]}]}`,
    ],
    ['/endpoints/orders/invocations', `{"dataframe_records":[{"amount":${DEEP}}]}`],
    ['/endpoints/orders/predict', '{"rows":[{9007199254740993:1}]}'],
  ])('%s %#', async (path, body) => {
    const reply = await client.call(path, { body });
    expect([400, 422], reply.text.slice(0, 300)).toContain(reply.status);
  });

  it.each(ASKED)('%s', async (_, paths, type, bodies) => {
    for (const body of bodies)
      expect((await client.call(paths[0]!, { headers: { 'content-type': type }, body })).status).toBeLessThan(
        500,
      );
    await fc.assert(
      fc.asyncProperty(requests(paths, bodies), async ([path, body]) => {
        const json = body.indexOf(0);
        const headers = {
          'content-type': type,
          ...(json >= 0 && path.startsWith('/v2/') && { 'inference-header-content-length': String(json) }),
        };
        const reply = await client.call(path, { headers, body });
        const isAnswered = reply.status < 500 || reply.status === NOT_BUILT;
        expect(isAnswered, `${path} ${reply.status} ${reply.text.slice(0, 300)}`).toBe(true);
      }),
      { numRuns: REQUESTS, includeErrorInReport: true },
    );
  });

  it('messages of gRPC', async () => {
    const message = (model_name: string, inputs: object[]) =>
      encodeMessage('ModelInferRequest', { model_name, inputs });
    const text = { datatype: 'BYTES', shape: [1], contents: { bytes_contents: [Buffer.from('good')] } };
    const amount = { name: 'amount', datatype: 'FP64', shape: [1], contents: { fp64_contents: [12.5] } };
    const examples = [
      message('orders', [{ name: 'day', ...text }, { name: 'country', ...text }, amount]),
      message('split', [{ name: 'country', ...text }, amount]),
      message('text', [{ name: 'text', ...text }]),
    ];
    await fc.assert(
      fc.asyncProperty(
        inputs({ examples, words: ['FP64', 'BYTES', 'BOOL', 'orders', 'text'] }),
        async (bytes) => {
          const { code, says } = await grpc.send(bytes);
          expect(GRPC_FAULTS, `${code} ${says}`).not.toContain(code);
        },
      ),
      { numRuns: REQUESTS, includeErrorInReport: true },
    );
  });

  it('and requests that are right are answered after all of them', async () => {
    const reply = await client.post('/endpoints/orders/predict', { rows: [ORDER] });
    expect([reply.status, reply.json().predictions]).toMatchObject([200, [{ value: 12.5 }]]);
  });
});
