import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelProto } from '../../onnx/onnx-schema.ts';
import { adaptModel } from './adapt-model.ts';
import { readOutline } from './read-outline.ts';
import { analyseRows } from './row-independence/analyse-rows.ts';

const EXPORTS = join(import.meta.dirname, '../../../../testing/exported-models/independent');

const FLOAT = 1;
const BFLOAT16 = 16;
const TEXT = 8;

type Node = { opType: string; input: string[]; output: string[]; domain?: string; attribute?: object[] };
type Asked = { nodes: Node[]; outputs?: object[]; x?: number; irVersion?: number; opset?: number };

function value(name: string, elemType: number) {
  return {
    name,
    type: { tensorType: { elemType, shape: { dim: [{ dimParam: 'rows' }, { dimValue: 2 }] } } },
  };
}

function modelOf({
  nodes,
  outputs = [value('y', FLOAT)],
  x = FLOAT,
  irVersion = 10,
  opset = 21,
}: Asked): Uint8Array {
  const opsetImport = [
    { domain: '', version: opset },
    { domain: 'ai.onnx.ml', version: 3 },
  ];
  const graph = { name: 'g', node: nodes, input: [value('x', x)], output: outputs };
  return modelProto.encode(modelProto.fromObject({ irVersion, opsetImport, graph })).finish();
}

const relu = (input = 'x', output = 'y'): Node => ({ opType: 'Relu', input: [input], output: [output] });
const INTS = 7;
const INT = 2;
const STRING = 3;
const sequence = { name: 'probabilities', type: { sequenceType: { elemType: {} } } };

describe('a model as exporters write it', () => {
  it('stays as it is, byte by byte, where nothing is to be changed', () => {
    const bytes = modelOf({ nodes: [relu()] });
    expect(adaptModel(bytes, 'm.onnx')).toEqual({ model: bytes, classes: [], bfloat16: [], changes: [] });
  });

  it('gives the tensor that a map of probabilities is made of, and the labels', () => {
    const attribute = [{ name: 'classlabels_int64s', type: INTS, ints: [7, 9] }];
    const zip: Node = {
      opType: 'ZipMap',
      domain: 'ai.onnx.ml',
      input: ['p'],
      output: ['probabilities'],
      attribute,
    };
    const bytes = modelOf({ nodes: [relu('x', 'p'), zip], outputs: [sequence] });
    const { model, classes, changes } = adaptModel(bytes, 'm.onnx');
    expect(classes).toEqual(['7', '9']);
    expect(changes).toEqual([expect.stringContaining('ZipMap')]);
    const { outputs, leftOut } = readOutline(model, 'm.onnx');
    expect(outputs).toEqual([{ name: 'probabilities', type: 'float32', shape: ['', 2] }]);
    expect(leftOut).toEqual([]);
    expect(analyseRows(model)).toEqual({ independent: true });
  });

  it('gives the map of a pipeline that computes in double, as of a table of pandas, as a tensor of double', async () => {
    const bytes = await readFile(join(EXPORTS, 'skl-columns-zip.onnx'));
    const { outputs } = readOutline(adaptModel(bytes, 'm.onnx').model, 'm.onnx');
    expect(outputs.map(({ name, type }) => [name, type])).toEqual([
      ['output_label', 'int64'],
      ['output_probability', 'float64'],
    ]);
  });

  it.each([
    ['no locale', undefined, 'C.UTF-8'],
    ['an English locale', 'en_US', 'C.UTF-8'],
    ['a locale of other letters', 'tr_TR', 'tr_TR'],
  ])('changes the case of texts in a locale that images have: %s', (_, given, taken) => {
    const attribute = given === undefined ? [] : [{ name: 'locale', type: STRING, s: Buffer.from(given) }];
    const lower: Node = { opType: 'StringNormalizer', input: ['x'], output: ['y'], attribute };
    const bytes = modelOf({ nodes: [lower], x: TEXT, outputs: [value('y', TEXT)] });
    const { model, changes } = adaptModel(bytes, 'm.onnx');
    const [node] = modelProto.decode(model).toJSON().graph.node;
    expect(node.attribute.map(({ name, s }: { name: string; s: string }) => [name, atob(s)])).toEqual([
      ['locale', taken],
    ]);
    expect(changes).toHaveLength(given === taken ? 0 : 1);
  });

  it('gives each tensor of a list as an output', () => {
    const list: Node = { opType: 'SequenceConstruct', input: ['a', 'b'], output: ['probabilities'] };
    const bytes = modelOf({ nodes: [relu('x', 'a'), relu('x', 'b'), list], outputs: [sequence] });
    const { outputs } = readOutline(adaptModel(bytes, 'm.onnx').model, 'm.onnx');
    expect(outputs.map(({ name }) => name)).toEqual(['probabilities_0', 'probabilities_1']);
  });

  it('passes bfloat16 through float32, by the same names', () => {
    const bytes = modelOf({ nodes: [relu()], x: BFLOAT16, outputs: [value('y', BFLOAT16)] });
    const { model, bfloat16 } = adaptModel(bytes, 'm.onnx');
    expect(bfloat16).toEqual(['x', 'y']);
    const { inputs, outputs, nodes } = readOutline(model, 'm.onnx');
    expect([inputs, outputs]).toEqual([
      [{ name: 'x', type: 'float32', shape: ['rows', 2] }],
      [{ name: 'y', type: 'float32', shape: ['rows', 2] }],
    ]);
    expect(nodes).toBe(3);
    expect(analyseRows(model)).toEqual({ independent: true });
  });

  it('is read as the newest that the runtime takes, where no operator in use has changed since', () => {
    const { model, changes } = adaptModel(modelOf({ nodes: [relu()], irVersion: 14, opset: 28 }), 'm.onnx');
    expect(readOutline(model, 'm.onnx')).toMatchObject({ irVersion: 13, opsets: { 'ai.onnx': 26 } });
    expect(changes).toHaveLength(2);
  });

  it('is refused with the call that writes it again where one has', () => {
    const cast: Node = {
      opType: 'Cast',
      input: ['x'],
      output: ['y'],
      attribute: [{ name: 'to', type: INT, i: FLOAT }],
    };
    expect(() => adaptModel(modelOf({ nodes: [cast], irVersion: 14, opset: 28 }), 'm.onnx')).toThrow(
      expect.objectContaining({
        code: 'model.refused',
        message: expect.stringContaining('convert_version(onnx.load("m.onnx"), 26)'),
      }),
    );
  });

  it('of skl2onnx has its classes as texts or as numbers, in their order', async () => {
    const classesOf = async (name: string) => adaptModel(await readFile(join(EXPORTS, name)), name).classes;
    expect(await classesOf('skl-strcls-zip.onnx')).toEqual(['a', 'b', 'c']);
    expect(await classesOf('skl-bin-zip.onnx')).toEqual(['0', '1']);
    expect(await classesOf('skl-mlp.onnx')).toEqual([]);
  });
});
