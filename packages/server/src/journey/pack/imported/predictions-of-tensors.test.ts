import { describe, expect, it } from 'vitest';
import type { Tensor } from './model.ts';
import { labelOutput, predictionsOfTensors, rowsOfOutputs } from './predictions-of-tensors.ts';

const classes = ['0', '1', '2'];

function scores(...rows: number[][]): Tensor {
  const bytes = new Uint8Array(Float32Array.from(rows.flat()).buffer);
  return { name: 'scores', type: 'float32', shape: [rows.length, 3], bytes };
}

function whole(name: string, ...values: number[]): Tensor {
  const bytes = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
  return { name, type: 'int64', shape: [values.length], bytes };
}

/** The value of each row, as small answers and as large ones tell it. */
function valuesOf(outputs: Tensor[], manifest: { classes: string[]; label?: string }) {
  const rows = outputs[0]!.shape[0]!;
  const small = predictionsOfTensors(outputs, rows, manifest).map(({ outputs: _, ...told }) => told);
  const large = [...rowsOfOutputs(outputs, rows, manifest)].map(({ decision }) => decision);
  expect(large).toEqual(small);
  return small.map(({ value }) => value);
}

describe('the class of a row of an imported model', () => {
  it('is that of the output which gives it, whatever the scores are', () => {
    const outputs = [scores([0.1, 0.2, 0.7], [0.6, 0.3, 0.1]), whole('label', 1, 0)];
    expect(valuesOf(outputs, { classes, label: 'label' })).toEqual(['1', '0']);
  });

  it('does not depend on the other rows of the request', () => {
    const alone = [scores([0.1, 0.2, 0.7]), whole('leaf', 1)];
    const beside = [scores([0.1, 0.2, 0.7], [0.6, 0.3, 0.1]), whole('leaf', 1, 7)];
    expect([valuesOf(alone, { classes }), valuesOf(beside, { classes })[0]]).toEqual([['2'], '2']);
  });

  it('is none where scores are not numbers', () => {
    expect(valuesOf([scores([Number.NaN, 1, 0], [0.1, 0.2, 0.7])], { classes })).toEqual([null, '2']);
    expect(valuesOf([scores([1 / 0, 1, 0])], { classes })).toEqual([null]);
  });

  it('is looked for once among outputs of one whole number or word a row', () => {
    const outputs = [scores([0.1, 0.2, 0.7]), whole('leaf', 7), whole('label', 2)];
    expect(labelOutput(outputs, classes)).toBe('label');
    expect(labelOutput(outputs.slice(0, 2), classes)).toBeUndefined();
  });
});
