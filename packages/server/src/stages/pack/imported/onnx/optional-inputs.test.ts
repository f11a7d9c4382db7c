import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../../adapters/onnx/index.ts';
import { newGraphBuilder } from '../../onnx/graph-builder.ts';
import { encodeOnnx, type OnnxTensor } from '../../onnx/onnx-model.ts';
import { floatTensor, stringTensor } from '../../onnx/tensors.ts';
import { optionalInputs, separateDefaults } from './optional-inputs.ts';
import { decodeOutline } from './outline-schema.ts';
import { readOutline } from './read-outline.ts';

/** `x` [rows] times `scale` [1], which is `value` where a caller sends none. */
function scaled(value: OnnxTensor, irVersion = 8): Uint8Array {
  const graph = newGraphBuilder(['x', 'scale', 'y']);
  graph.input('x', 'float', ['rows']);
  graph.input('scale', 'float', [1]);
  graph.node('Mul', ['x', 'scale'], [], { output: 'y' });
  graph.output('y', 'float', ['rows']);
  const body = graph.body('scaled');
  body.initializer.push({ ...value, name: 'scale' });
  return encodeOnnx({
    ...{ irVersion, producerName: 'test', producerVersion: '', metadataProps: [] },
    opsetImport: [{ domain: '', version: 17 }],
    graph: body,
  });
}

describe('an input with a value in the graph', () => {
  it('is optional, and apart from the others', () => {
    const outline = readOutline(scaled(floatTensor([10])), 'scaled.onnx');
    expect(outline.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(outline.optional).toEqual([{ name: 'scale', type: 'float32', shape: [1] }]);
  });

  it('becomes an input of the runtime, with its value beside the graph', async () => {
    const { model, defaults } = separateDefaults(scaled(floatTensor([10])));
    expect(defaults).toEqual([
      { name: 'scale', type: 'float32', shape: [1], bytes: new Uint8Array(Float32Array.of(10).buffer) },
    ]);
    const session = await createOnnxRuntime().load(model);
    expect(session.inputs.map(({ name }) => name)).toEqual(['x', 'scale']);
    await session.close();
  });

  it('may be text', () => {
    const [text] = separateDefaults(scaled(stringTensor(['ü']))).defaults;
    expect(text).toMatchObject({ type: 'string', bytes: Uint8Array.of(2, 0, 0, 0, 0xc3, 0xbc) });
  });

  it('was no option before IR version 4, and models without one stay as they are', () => {
    const old = scaled(floatTensor([10]), 3);
    expect(optionalInputs(decodeOutline(old)).size).toBe(0);
    expect(separateDefaults(old).model).toBe(old);
  });
});
