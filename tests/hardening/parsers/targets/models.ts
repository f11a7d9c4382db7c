import { deflateRawSync, gzipSync } from 'node:zlib';
import { readGraph, writeGraph } from '../../../../packages/server/src/stages/optimize/graph/graph.ts';
import { readArchive } from '../../../../packages/server/src/stages/pack/imported/archive/read-archive.ts';
import { adaptModel } from '../../../../packages/server/src/stages/pack/imported/onnx/adapt-model.ts';
import { inlineExternalData } from '../../../../packages/server/src/stages/pack/imported/onnx/inline-external-data.ts';
import { readOutline } from '../../../../packages/server/src/stages/pack/imported/onnx/read-outline.ts';
import { readMlflowModel } from '../../../../packages/server/src/stages/pack/imported/read-mlflow-model.ts';
import { readUpload } from '../../../../packages/server/src/stages/pack/imported/read-upload.ts';
import {
  decodeEngineFile,
  decodeForecastFile,
  decodeGraphFile,
  heldOutOf,
  readSamples,
  signedHashes,
} from '../../../../packages/server/src/stages/pack/index.ts';
import {
  classifierModel,
  imageModel,
  textModel,
} from '../../../../packages/server/src/testing/sample-onnx.ts';
import { spec } from '../../../../packages/server/src/testing/tensor-manifest.ts';
import { hold, type ParserTarget, taken } from '../target.ts';

const FILE = 'model.onnx';
const MOST_BYTES = 1024 * 1024;
const MODELS = [
  textModel(),
  imageModel(),
  classifierModel(
    [
      [1, 2],
      [3, 4],
    ],
    [0, 1],
  ),
].map((each) => Buffer.from(each));

const MLMODEL =
  'flavors:\n  onnx:\n    data: model.onnx\n    onnx_version: 1.16.0\nmlflow_version: 2.9.2\nrun_id: abc\n';

function tarEntry(name: string, content: Buffer, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

function zip(entries: readonly [string, Buffer][]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of entries) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const FILES: readonly [string, Buffer][] = [
  ['model/MLmodel', Buffer.from(MLMODEL)],
  ['model/model.onnx', MODELS[0]!],
];
const TAR = Buffer.concat([
  tarEntry('././@LongLink', Buffer.from('model/MLmodel\0'), 'L'),
  ...FILES.map(([name, content]) => tarEntry(name, content)),
  tarEntry('PaxHeaders/x', Buffer.from('27 path=some/long/name.bin\n'), 'x'),
  tarEntry('x', Buffer.from('data')),
  Buffer.alloc(1024),
]);
const ZIP = zip(FILES);

function npy(descr: string, shape: string, content: Uint8Array): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\0\0${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, content]);
}

const SAMPLE_NAMES = ['a.npy', 'a.npz', 'a.json'];
const SPECS = [spec('x', 'float32', ['rows', 2])];

/** The first byte chooses the kind of file. */
function checkSamples(input: Buffer): void {
  const name = SAMPLE_NAMES[(input[0] ?? 0) % SAMPLE_NAMES.length]!;
  const read = taken(() => readSamples(SPECS, { name, bytes: input.subarray(1), maxBytes: MOST_BYTES }));
  if (read === undefined) return;
  const { inputs, rows, labels } = read.value;
  hold(inputs[0]?.bytes.byteLength === rows * 8, 'there are as many values as rows');
  hold(labels === undefined || labels.length === rows, 'there are as many labels as rows');
}

function checkArchive(input: Buffer): void {
  taken(() => {
    for (const [name, bytes] of readArchive({ file: FILE, bytes: input, maxBytes: MOST_BYTES }) ?? []) {
      hold(!name.startsWith('/') && !name.split('/').includes('..'), 'a path stays within the archive');
      taken(() => hold(bytes().byteLength <= MOST_BYTES, 'a file is not larger than is allowed'));
    }
  });
}

function checkOutline(input: Buffer): void {
  const read = taken(() => readOutline(input, FILE));
  if (read === undefined) return;
  const { inputs, outputs, nodes } = read.value;
  hold(outputs.length > 0 && nodes >= 0, 'an outline has outputs');
  for (const { shape } of [...inputs, ...outputs])
    for (const size of shape ?? [])
      hold(
        typeof size === 'string' || (Number.isSafeInteger(size) && size > 0),
        'a fixed size is a whole number',
      );
  taken(() => adaptModel(input, FILE));
}

function checkUpload(input: Buffer): void {
  const read = taken(() => readUpload(input, FILE, MOST_BYTES));
  if (read !== undefined) taken(() => readOutline(read.value.model, FILE));
}

/** Reads a graph that the outline has taken, as the optimizer does. */
function checkGraph(input: Buffer): void {
  if (taken(() => readOutline(input, FILE)) === undefined) return;
  const graph = taken(() => readGraph(input));
  if (graph !== undefined) writeGraph(graph.value);
}

const JSON_WORDS = ['{', '}', '[', ']', 'null', ',', '"', ':', '0', '-1', '{"a":1}', '"__proto__":'];

const ENGINE = {
  format: 4,
  preparation: {
    task: 'regression',
    target: 't',
    classes: [],
    inputs: [],
    features: [],
    dropped: [],
    leakage: [],
  },
  model: {
    base: [0],
    trees: [
      {
        feature: [0, -1, -1],
        threshold: [0.5, 'Infinity', 0],
        left: [1, 0, 0],
        right: [2, 0, 0],
        value: [0, 1, 2],
      },
    ],
    parts: [],
  },
  decision: { threshold: 0.5 },
};
const STATEMENT = {
  predicateType: 'urn:slipway:bundle:1',
  subject: [{ name: 'slipway.json', digest: { sha256: 'a'.repeat(64) } }],
};
const ENVELOPE_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** What the payload of an envelope holds is fuzzed too. */
function signatureOf(payload: Buffer): Buffer {
  return Buffer.from(
    JSON.stringify({
      payload: payload.toString('base64'),
      payloadType: ENVELOPE_PAYLOAD_TYPE,
      signatures: [{ keyid: 'a', sig: 'b' }],
    }),
  );
}

export const modelTargets: ParserTarget[] = [
  {
    name: 'onnx-outline',
    examples: MODELS,
    check: checkOutline,
  },
  {
    name: 'onnx-graph',
    examples: MODELS,
    check: checkGraph,
  },
  {
    name: 'onnx-external-data',
    examples: MODELS,
    check: (input) =>
      taken(() =>
        inlineExternalData(input, {
          file: FILE,
          archive: new Map([['a', () => input]]),
          folder: '',
          maxBytes: MOST_BYTES,
        }),
      ),
  },
  {
    name: 'archive',
    examples: [TAR, ZIP, gzipSync(TAR)],
    words: ['..', '/', '\\', '\0', 'ustar', '9999999999'],
    check: checkArchive,
  },
  {
    name: 'model-upload',
    examples: [TAR, ZIP, gzipSync(TAR), MODELS[0]!],
    words: ['MLmodel', 'model.onnx', '.pkl', 'flavors:', 'data:'],
    check: checkUpload,
  },
  {
    name: 'mlmodel',
    examples: [
      MLMODEL,
      '{"flavors":{"onnx":{"data":"model.onnx"}}}',
      'a: &a [1]\nb: *a\n<<: *a\nflavors: !!map {onnx: ? {data: model.onnx}}\n',
    ],
    words: [
      '&a ',
      '*a',
      '!!',
      '? ',
      '- ',
      ': ',
      '|',
      '>',
      '<<: ',
      '{',
      '[',
      '#',
      '\t',
      '---\n',
      '__proto__: ',
      '..',
    ],
    check: (input) =>
      taken(() =>
        readMlflowModel(
          new Map([
            ['MLmodel', () => input],
            ['model.onnx', () => MODELS[0]!],
          ]),
          FILE,
        ),
      ),
  },
  {
    name: 'samples',
    examples: [
      Buffer.concat([Buffer.from([0]), npy('<f4', '2, 2', Buffer.alloc(16))]),
      Buffer.concat([Buffer.from([0]), npy('<U2', '2,', Buffer.from(Uint32Array.of(97, 0, 98, 99).buffer))]),
      Buffer.concat([
        Buffer.from([1]),
        zip([
          ['x.npy', npy('<f8', '1, 2', Buffer.alloc(16))],
          ['labels.npy', npy('<U1', '1,', Buffer.from(Uint32Array.of(97).buffer))],
        ]),
      ]),
      Buffer.from('\x02{"x":[[1,2],[3,4]],"labels":["a","b"]}'),
    ],
    words: [
      "'descr': '<U0'",
      "'shape': (4000000000,)",
      '<U',
      "'<i8'",
      '[[',
      '{}',
      '1e999',
      'null',
      '"labels":',
    ],
    check: checkSamples,
  },
  {
    name: 'signature',
    examples: [signatureOf(Buffer.from(JSON.stringify(STATEMENT)))],
    words: JSON_WORDS,
    check: (input) => taken(() => signedHashes(input)),
  },
  {
    name: 'signature-statement',
    examples: [JSON.stringify(STATEMENT)],
    words: JSON_WORDS,
    check: (input) => taken(() => signedHashes(signatureOf(input))),
  },
  {
    name: 'engine-file',
    examples: [JSON.stringify(ENGINE)],
    words: JSON_WORDS,
    check: (input) => taken(() => decodeEngineFile(input)),
  },
  {
    name: 'forecast-file',
    examples: [
      JSON.stringify({
        format: 1,
        model: { series: [], trees: { model: ENGINE.model, effects: ENGINE.model } },
        table: { values: [] },
      }),
    ],
    words: JSON_WORDS,
    check: (input) => taken(() => decodeForecastFile(input)),
  },
  {
    name: 'graph-file',
    examples: [JSON.stringify({ format: 1, graph: {}, members: [], engines: [] })],
    words: JSON_WORDS,
    check: (input) => taken(() => decodeGraphFile(input)),
  },
  {
    name: 'held-out-file',
    examples: [
      JSON.stringify({
        format: 1,
        rows: 'AAAAAA==',
        target: 'AAAAAAAA8D8=',
        predictions: 'AAAAAAAA8D8=',
        outputs: 1,
        classes: [],
        threshold: 0.5,
        refit: { done: false, reason: '' },
      }),
    ],
    words: [...JSON_WORDS, 'AAA'],
    check: (input) => taken(() => heldOutOf(new Map([['holdout.json', input]]))),
  },
];
