import { describe, expect, it } from 'vitest';
import { type AnswersAsked, chooseAnswers } from './choose-answers.ts';
import type { Tensor } from './model.ts';
import { predictionsOfTensors, rowsOfOutputs } from './predictions-of-tensors.ts';

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
function valuesOf(outputs: Tensor[], manifest: Parameters<typeof predictionsOfTensors>[2]) {
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

  it('has the type that the output gives it in', () => {
    const outputs = [scores([0.1, 0.2, 0.7]), whole('label', 1)];
    expect(valuesOf(outputs, { classes, label: 'label', classType: 'integer' })).toEqual([1]);
    expect(valuesOf(outputs.slice(0, 1), { classes, classType: 'integer' })).toEqual([2]);
  });

  it('is the one at the place that the output gives', () => {
    const outputs = [scores([0.1, 0.2, 0.7]), whole('argmax', 1)];
    const named = { classes: ['low', 'middle', 'high'], label: 'argmax', labelIsPlace: true };
    expect(valuesOf(outputs, named)).toEqual(['middle']);
  });
});

describe('the outputs that answer', () => {
  const choose = (answered: Tensor[], asked: Partial<AnswersAsked> = {}) =>
    chooseAnswers({ answered, classes, ofGraph: undefined, ...asked });
  const shares = scores([0.1, 0.2, 0.7]);

  it('are looked for among outputs of one whole number or word a row, and those with a score for each class', () => {
    expect(choose([shares, whole('leaf', 7), whole('label', 2)])).toEqual({
      classes,
      label: 'label',
      scores: 'scores',
      classType: 'integer',
      decided: [],
    });
    expect(choose([shares, whole('leaf', 7)])).toEqual({ classes, scores: 'scores', decided: [] });
  });

  it('are told of where several fit, and scores that sum to 1 are taken', () => {
    const logits = { ...scores([-1, 2, 3]), name: 'logits' };
    const chosen = choose([logits, shares, whole('leaf', 1), whole('out_class', 2)]);
    expect(chosen).toMatchObject({ label: 'out_class', scores: 'scores' });
    expect(chosen.decided).toEqual([
      'The outputs logits, scores each have a score for each class; the scores of "scores" are told, since they sum to 1.',
      'The outputs leaf, out_class may each be the class of a row; "out_class" is taken. Another one can be named with the file (label output).',
    ]);
    expect(choose([shares, whole('leaf', 1), whole('out_class', 2)], { labelOutput: 'leaf' })).toMatchObject({
      label: 'leaf',
      decided: [],
    });
  });

  it('have the classes of the graph where nobody named others', () => {
    const ofGraph = { names: ['4', '5', '6'], areIntegers: true, operator: 'TreeEnsembleClassifier' };
    const own = choose([whole('label', 5), shares], { classes: [], ofGraph });
    expect(own).toMatchObject({ classes: ['4', '5', '6'], label: 'label', classType: 'integer' });
    expect(own.decided).toEqual([
      expect.stringContaining('are those of the operator TreeEnsembleClassifier'),
    ]);
    expect(choose([whole('label', 5)], { classes: [], ofGraph }).classes).toEqual([]);
    const two = { ...shares, shape: [1, 2], bytes: shares.bytes.slice(0, 8) };
    expect(choose([two], { classes: [], ofGraph }).classes).toEqual([]);
  });

  it('without classes are the first, or the only one of one value a row', () => {
    const none = { classes: [] };
    expect(choose([whole('y', 5)], none)).toEqual({ classes: [], decided: [] });
    const { label, decided } = choose([shares, whole('y', 5)], none);
    expect([label, decided[0]]).toEqual(['y', expect.stringContaining('no probabilities')]);
    expect(valuesOf([shares, whole('y', 5)], { classes: [], label: 'y' })).toEqual([5]);
    expect(choose([shares, whole('y', 5), whole('z', 6)], { ...none, labelOutput: 'z' }).label).toBe('z');
  });

  it('may be a place in the list of classes, where the output is named', () => {
    const names = ['low', 'middle', 'high'];
    const chosen = choose([shares, whole('argmax', 1)], { classes: names, labelOutput: 'argmax' });
    expect(chosen).toMatchObject({ label: 'argmax', labelIsPlace: true });
    expect(chosen).not.toHaveProperty('classType');
  });

  it.each([
    ['nope', 'there is no output nope; the model has scores, leaf'],
    ['scores', 'the output scores has several values a row'],
    ['leaf', 'the output leaf gave 7, which is no class and no place in the list of classes (0, 1, 2)'],
  ])('cannot be %s', (labelOutput, reason) => {
    expect(() => choose([shares, whole('leaf', 7)], { labelOutput })).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'labelOutput', details: { reason } }),
    );
  });
});
