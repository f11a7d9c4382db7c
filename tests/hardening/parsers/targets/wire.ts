import { clientNetwork } from '../../../../packages/server/src/http/client-network.ts';
import { checkSomeToken } from '../../../../packages/server/src/inference/bearer-token.ts';
import { callerIdOf } from '../../../../packages/server/src/inference/caller-ids.ts';
import { acceptedEncoding, decoderOf } from '../../../../packages/server/src/inference/content-encoding.ts';
import { corsOf } from '../../../../packages/server/src/inference/cors.ts';
import {
  decodeMessage,
  encodeMessage,
  fieldNumber,
} from '../../../../packages/server/src/inference/grpc/schema.ts';
import { textField } from '../../../../packages/server/src/inference/grpc/text-field.ts';
import { hostCheck } from '../../../../packages/server/src/inference/host-check.ts';
import { endpointInPath, plainPath, versionInPath } from '../../../../packages/server/src/inference/paths.ts';
import { checkJsonType, isTypeInUtf8 } from '../../../../packages/server/src/inference/read-json.ts';
import { continuedTrace } from '../../../../packages/server/src/inference/tracing/trace-context.ts';
import { hold, type ParserTarget, same, taken } from '../target.ts';

const MESSAGES = [
  'ModelInferRequest',
  'ModelRequest',
  'RepositoryIndexRequest',
  'RepositoryModelRequest',
  'HealthCheckRequest',
];

const INFER = {
  model_name: 'orders',
  id: 'a',
  parameters: { prediction_id: { bool_param: true }, timeout: { int64_param: '5000000' } },
  inputs: [
    { name: 'amount', datatype: 'FP64', shape: [2], contents: { fp64_contents: [1.5, -2] } },
    {
      name: 'n',
      datatype: 'INT64',
      shape: ['9007199254740993'],
      contents: { int64_contents: ['9007199254740993'] },
    },
  ],
  outputs: [{ name: 'prediction' }],
  raw_input_contents: [Buffer.alloc(16, 1)],
};

/** The first byte chooses the message. */
function checkMessage(input: Buffer): void {
  const name = MESSAGES[(input[0] ?? 0) % MESSAGES.length]!;
  const bytes = input.subarray(1);
  const read = taken(() => decodeMessage(name, bytes));
  if (read === undefined) return;
  same(decodeMessage(name, encodeMessage(name, read.value)), read.value, 'written again it is the same');
}

/** The name by which an endpoint is found is the one that the decoder finds, wherever a client's library would write it so. */
function checkTextField(input: Buffer): void {
  const found = textField(input, fieldNumber('ModelInferRequest', 'model_name'));
  hold(found === undefined || typeof found === 'string', 'a name is a text');
}

const asMessage = (name: string, value: object) =>
  Buffer.concat([Buffer.from([MESSAGES.indexOf(name)]), encodeMessage(name, value)]);

const LOOPBACK = hostCheck('127.0.0.1', ['models.example']);
const CORS = corsOf('https://app.example.com,*');

/** One header's value, read as each header that is read. */
function checkHeaders(input: Buffer): void {
  const value = input.toString('latin1').slice(0, 16_384);
  taken(() => LOOPBACK(value));
  taken(() => callerIdOf(value));
  taken(() => checkSomeToken(value, []));
  taken(() => checkJsonType({ contentType: value } as Parameters<typeof checkJsonType>[0]));
  hold(typeof isTypeInUtf8(value, 'text/csv') === 'boolean', 'a type is one or not');
  taken(() => decoderOf(value)?.destroy());
  hold([undefined, 'gzip', 'deflate'].includes(acceptedEncoding(value)), 'an encoding is one that is made');
  const trace = continuedTrace(value);
  hold(trace === undefined || /^[0-9a-f]{32}$/.test(trace.traceId), 'a trace has an id');
  const rawHeaders = [
    'Origin',
    value,
    'Access-Control-Request-Method',
    'POST',
    'Access-Control-Request-Headers',
    value,
  ];
  const preflight = CORS?.preflightOf({ method: 'OPTIONS', rawHeaders } as never) ?? [];
  hold(
    preflight.every((each) => !/[\r\n]/.test(each)),
    'no header of an answer holds a line break',
  );
}

function checkPath(input: Buffer): void {
  const url = input.toString('latin1');
  const path = plainPath(url);
  same(plainPath(path.replace('?', '')), plainPath(path.replace('?', '')), 'a path is read alike');
  const [endpoint, version] = [endpointInPath(path), versionInPath(path)];
  hold(endpoint === undefined || endpoint.length <= 63, 'a name of an endpoint is short');
  hold(version === undefined || version.length <= 20, 'a version is short');
}

export const wireTargets: ParserTarget[] = [
  {
    name: 'grpc-messages',
    examples: [
      asMessage('ModelInferRequest', INFER),
      asMessage('ModelRequest', { name: 'orders', version: '1' }),
      asMessage('HealthCheckRequest', { service: 'inference.GRPCInferenceService' }),
    ],
    check: checkMessage,
  },
  {
    name: 'grpc-text-field',
    examples: [encodeMessage('ModelInferRequest', INFER), encodeMessage('ModelRequest', { name: 'orders' })],
    check: checkTextField,
  },
  {
    name: 'headers',
    examples: [
      'gzip;q=0, deflate, br;q=1.0, *;q=0.1',
      'application/json; charset="utf-8"; boundary=x',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'Bearer slp_0123456789abcdef',
      '[::1]:8090',
      'X-Requested-With, content-type',
    ],
    words: [
      'constructor',
      '__proto__',
      ';',
      ',',
      'q=0',
      'charset=',
      'utf-8',
      'bearer ',
      'localhost',
      '%00',
      '\t',
    ],
    check: checkHeaders,
  },
  {
    name: 'paths',
    examples: [
      '/v1/models/orders%3Apredict?explain=true',
      '/v2/models/orders/versions/3/infer',
      '/endpoints/a%2fb/predict/',
    ],
    words: ['%', '%00', '%2e%2e', '%c3%28', '/', '//', '?', '/versions/', ':predict'],
    check: checkPath,
  },
  {
    name: 'client-network',
    examples: ['::ffff:10.0.0.1', 'fe80::1%eth0', '2001:db8::8a2e:370:7334', '192.168.0.1'],
    words: ['::', ':', '.', '%', 'ffff', '0'],
    check: (input) =>
      hold(clientNetwork(input.toString('latin1')).length <= input.length + 50, 'it is short'),
  },
];
