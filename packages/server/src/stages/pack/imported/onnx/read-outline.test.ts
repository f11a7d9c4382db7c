import { isFailure } from '@slipway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseModel, imageModel, textModel } from '../../../../testing/sample-onnx.ts';
import { modelProto } from '../../onnx/onnx-schema.ts';
import { readOutline } from './read-outline.ts';

const FLOAT = 1;
const x = valueInfo('x', FLOAT, ['rows', 4]);
const y = valueInfo('y', FLOAT, ['rows', 4]);

function valueInfo(name: string, elemType: number, sizes: (number | string)[]) {
  const dim = sizes.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

function relu(input: string, output: string, more: object = {}) {
  return { opType: 'Relu', name: `${input} to ${output}`, input: [input], output: [output], ...more };
}

function model(graph: object, more: object = {}): Uint8Array {
  const whole = { irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph, ...more };
  return modelProto.encode(modelProto.fromObject(whole)).finish();
}

const good = model({ input: [x], output: [y], node: [relu('x', 'y')] });

function calling(name: string, to: string, times: number) {
  const node = Array.from({ length: times }, (_, i) => ({
    opType: to,
    domain: 'own',
    input: ['a'],
    output: [`b${i}`],
  }));
  return { name, domain: 'own', input: ['a'], output: ['b0'], node };
}

/** Functions that call each other: ten times each, eight deep, is a hundred million nodes. */
const laughing = Array.from({ length: 8 }, (_, depth) => calling(`f${depth}`, `f${depth + 1}`, 10));

const external = {
  name: 'w',
  dims: [4],
  dataType: 1,
  dataLocation: 1,
  externalData: [{ key: 'location', value: '/etc/passwd' }],
};

type Hostile = [what: string, bytes: Uint8Array, code: string, says: string];

const HOSTILE: Hostile[] = [
  [
    'tensor data in another file',
    model({ input: [x], output: [y], node: [relu('x', 'y')], initializer: [external] }),
    'model.refused',
    'outside the file',
  ],
  ['two graphs that protobuf would merge', Buffer.concat([good, good]), 'model.refused', '"graph" twice'],
  [
    'a constant that claims a terabyte',
    model({
      output: [y],
      node: [relu('w', 'y')],
      initializer: [{ name: 'w', dims: [2 ** 38], dataType: 1, rawData: new Uint8Array(4) }],
    }),
    'model.refused',
    'claims 274877906944 values',
  ],
  [
    'a constant of a negative size',
    model({ output: [y], node: [relu('w', 'y')], initializer: [{ name: 'w', dims: [-4], dataType: 1 }] }),
    'model.refused',
    'size -4',
  ],
  [
    'a constant of a hundred axes',
    model({ output: [y], initializer: [{ name: 'w', dims: new Array(100).fill(1), dataType: 1 }] }),
    'model.refused',
    '32 axes',
  ],
  [
    'an input of a billion values a row',
    model({ input: [valueInfo('x', FLOAT, [1, 2 ** 20, 2 ** 20])], output: [y], node: [relu('x', 'y')] }),
    'model.refused',
    'one row of the input',
  ],
  [
    'nodes that wait for each other',
    model({ input: [x], output: [y], node: [relu('b', 'a'), relu('a', 'b'), relu('x', 'y')] }),
    'model.refused',
    'waits for what it makes itself',
  ],
  [
    'a function that calls itself',
    model(
      {
        input: [x],
        output: [y],
        node: [relu('x', 'y'), relu('x', 'z', { opType: 'f', domain: 'own' })],
      },
      { functions: [calling('f', 'f', 1)] },
    ),
    'model.refused',
    'calls itself',
  ],
  [
    'functions that grow without measure',
    model(
      { input: [x], output: [y], node: [relu('x', 'y', { opType: 'f0', domain: 'own' })] },
      { functions: [...laughing, { ...calling('f8', 'f9', 0), node: [relu('a', 'b0')] }] },
    ),
    'model.refused',
    'more than 200000 nodes',
  ],
  [
    'a value made twice',
    model({ input: [x], output: [y], node: [relu('x', 'y'), relu('x', 'y')] }),
    'model.refused',
    '"y" is there twice',
  ],
  [
    'an input given twice',
    model({ input: [x, x], output: [y], node: [relu('x', 'y')] }),
    'model.refused',
    'input "x" is there twice',
  ],
  [
    'operators of somebody’s library',
    model({
      input: [x],
      output: [y],
      node: [relu('x', 'y', { opType: 'Tokenize', domain: 'ai.onnx.contrib' })],
    }),
    'model.custom-operators',
    'ai.onnx.contrib',
  ],
  [
    'a graph newer than the runtime',
    model(
      { input: [x], output: [y], node: [relu('x', 'y')] },
      { opsetImport: [{ domain: '', version: 99 }] },
    ),
    'model.refused',
    'opset is 99',
  ],
  [
    'a format newer than the runtime',
    model({ input: [x], output: [y], node: [relu('x', 'y')] }, { irVersion: 99 }),
    'model.refused',
    'IR version is 99',
  ],
  [
    'an input of complex numbers',
    model({ input: [valueInfo('x', 15, ['rows'])], output: [y], node: [relu('x', 'y')] }),
    'model.refused',
    'type 15',
  ],
  ['no graph', model({}, {}), 'model.not-onnx', 'no graph'],
  ['half a file', good.subarray(0, good.length - 7), 'model.not-onnx', ''],
  ['rubbish', Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251), 'model.not-onnx', ''],
];

describe('what is read of an ONNX model before a runtime sees it', () => {
  it('is what it takes and gives, by name, type and shape', () => {
    expect(readOutline(imageModel(), 'image.onnx')).toMatchObject({
      irVersion: 8,
      opsets: { 'ai.onnx': 13 },
      nodes: 4,
      parameters: 4 * 3 * 3 * 3,
      inputs: [{ name: 'image', type: 'float32', shape: ['rows', 3, 'height', 'width'] }],
      outputs: [{ name: 'scores', type: 'float32', shape: ['rows', 4] }],
      leftOut: [],
    });
    expect(readOutline(textModel(), 'text.onnx').inputs).toEqual([
      { name: 'text', type: 'string', shape: ['rows'] },
    ]);
  });

  it('leaves out outputs that are no tensors, and says so', () => {
    const pairs = { name: 'pairs', type: { sequenceType: { elemType: x.type } } };
    const zip = { opType: 'ZipMap', domain: 'ai.onnx.ml', input: ['y'], output: ['pairs'] };
    const opsetImport = [
      { domain: '', version: 13 },
      { domain: 'ai.onnx.ml', version: 3 },
    ];
    const bytes = model({ input: [x], output: [y, pairs], node: [relu('x', 'y'), zip] }, { opsetImport });
    const { outputs, leftOut } = readOutline(bytes, 'm.onnx');
    expect(outputs.map(({ name }) => name)).toEqual(['y']);
    expect(leftOut).toEqual([{ name: 'pairs', is: 'a sequence' }]);
  });

  for (const [what, bytes, code, says] of HOSTILE) {
    it(`refuses ${what}`, () => {
      const read = () => readOutline(bytes, 'evil.onnx');
      expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(says) }));
    });
  }

  it('of any bytes ends in an outline or a failure of the catalogue', () => {
    const models = [good, denseModel(), textModel()];
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (bytes, changes, cut) => {
          const broken = Uint8Array.from(bytes.subarray(0, bytes.length - (cut % 3)));
          for (const [at, value] of changes) broken[at % broken.length] = value;
          try {
            readOutline(broken, 'm.onnx');
          } catch (error) {
            expect(isFailure(error), String(error)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
