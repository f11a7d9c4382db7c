import type { Dimension, ElementType, TensorManifest, TensorSpec } from '../stages/pack/index.ts';

/** A tensor of a manifest. */
export function spec(name: string, type: ElementType, shape: Dimension[] | null): TensorSpec {
  return { name, type, shape };
}

/** `slipway.json` of an imported model whose rows are independent: `X` [rows, 2] to a number, unless told otherwise. */
export function tensorManifest(given: Partial<TensorManifest> = {}): TensorManifest {
  return {
    format: 1,
    kind: 'onnx',
    task: 'regression',
    target: 'variable',
    classes: [],
    inputs: [spec('X', 'float32', ['rows', 2])],
    outputs: [spec('variable', 'float32', ['rows', 1])],
    graph: { irVersion: 9, producer: '', opsets: {}, nodes: 1, parameters: 0, leftOut: [] },
    batchable: true,
    rowAnalysis: { independent: true },
    lineage: { source: { file: 'model.onnx' }, sha256: '' },
    golden: { inputs: [], outputs: [] },
    createdAt: '2026-01-01T00:00:00.000Z',
    ...given,
  };
}

/** The same of a classifier of `no` and `yes`: the label and a probability for each class. */
export function classifierManifest(given: Partial<TensorManifest> = {}): TensorManifest {
  return tensorManifest({
    task: 'binary',
    target: 'output_label',
    classes: ['no', 'yes'],
    label: 'output_label',
    scores: 'output_probability',
    outputs: [spec('output_label', 'string', ['rows']), spec('output_probability', 'float32', ['rows', 2])],
    ...given,
  });
}
