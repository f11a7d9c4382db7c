import { isFailure } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { classifierManifest, spec, tensorManifest } from '../../../testing/tensor-manifest.ts';
import type { StoredTensor, TensorManifest } from '../imported/model.ts';
import { importedMember } from './imported-member.ts';

const member = (manifest: TensorManifest, features: string[] | null = null) =>
  importedMember(manifest, { says: 'node root/net names net@1', at: 'graph.sequence[0]', features });

function refusal(manifest: TensorManifest, features: string[] | null = null) {
  try {
    member(manifest, features);
  } catch (error) {
    if (isFailure(error, 'endpoint.bad-spec')) return { reason: error.details.reason, path: error.path };
    throw error;
  }
  throw new Error('it was accepted');
}

function floats(name: string, shape: number[], values: number[]): StoredTensor {
  const base64 = Buffer.from(Float32Array.from(values).buffer).toString('base64');
  return { name, type: 'float32', shape, base64 };
}

describe('an imported model in a graph', () => {
  it('takes the columns that its one tensor is made of, which the node lists', () => {
    const found = member(tensorManifest(), ['age', 'income']);
    expect(found).toMatchObject({ task: 'regression', classes: [], isImported: true });
    expect(found.inputs).toEqual([
      { name: 'age', type: 'number', nullable: true },
      { name: 'income', type: 'number', nullable: true },
    ]);
    expect(found.feeds.map(({ columns }) => columns)).toEqual([['age', 'income']]);
  });

  it('takes a column for each tensor of one value a row, called as the tensor is', () => {
    const inputs = [
      spec('age', 'float32', ['rows', 1]),
      spec('visits', 'int64', ['']),
      spec('plan', 'string', ['rows', 1]),
      spec('active', 'bool', ['rows']),
    ];
    expect(member(tensorManifest({ inputs })).inputs).toEqual([
      { name: 'age', type: 'number', nullable: true },
      { name: 'visits', type: 'number', nullable: false },
      { name: 'plan', type: 'string', nullable: false },
      { name: 'active', type: 'boolean', nullable: false },
    ]);
  });

  it('answers as one of two classes where it has two, whatever it was imported as', () => {
    for (const task of ['binary', 'multiclass', 'tensor'] as const)
      expect(member(classifierManifest({ task }), ['a', 'b'])).toMatchObject({
        task: 'binary',
        classes: ['no', 'yes'],
        decision: { threshold: 0.5 },
      });
  });

  it('knows the number of features of an open axis by what it was tried with', () => {
    const open = {
      inputs: [spec('X', 'float32', ['rows', 'features'])],
      golden: { inputs: [floats('X', [1, 3], [1, 2, 3])], outputs: [] },
    };
    expect(refusal(tensorManifest(open), ['a', 'b'])).toEqual({
      reason: 'node root/net names net@1, whose tensor X has 3 features, and 2 columns are listed',
      path: 'graph.sequence[0].features',
    });
  });

  it('is refused without its features, with what to write', () => {
    expect(refusal(tensorManifest())).toEqual({
      reason:
        'node root/net names net@1, which takes one tensor X [rows, 2]; list the 2 columns that it is made of, in their order, such as features: [age, income]',
      path: 'graph.sequence[0].features',
    });
  });

  it('is refused with features where its tensors are columns already', () => {
    const inputs = [spec('age', 'float32', ['rows', 1])];
    expect(refusal(tensorManifest({ inputs }), ['age'])).toMatchObject({
      path: 'graph.sequence[0].features',
      reason: expect.stringContaining('whose tensors are columns already (age)'),
    });
  });

  it.each([
    [
      'rows depend on each other',
      tensorManifest({ rowAnalysis: { independent: false, reason: 'ReduceMean goes along the rows' } }),
      /rows are not proven independent: ReduceMean goes along the rows/,
    ],
    ['rows were seen to differ together', tensorManifest({ batchable: false }), /not proven independent/],
    [
      'the number of rows is fixed',
      tensorManifest({ inputs: [spec('X', 'float32', [1, 2])] }),
      /takes a fixed number of rows; export it with an open first axis/,
    ],
    [
      'a tensor has more axes',
      tensorManifest({ inputs: [spec('image', 'float32', ['rows', 3, 8, 8])] }),
      /tensor image has the shape \[rows, 3, 8, 8\]/,
    ],
    [
      'several tensors, and one of several values a row',
      tensorManifest({ inputs: [spec('a', 'float32', ['rows']), spec('X', 'float32', ['rows', 2])] }),
      /tensor X has the shape \[rows, 2\]; a model of a graph takes one tensor \[rows, features\], or/,
    ],
    ['answers mean nothing', tensorManifest({ task: 'tensor' }), /task tensor, no classes.*--labels FILE/],
    [
      'classes are not known',
      tensorManifest({ task: 'binary' }),
      /whose classes are not known; import the file/,
    ],
    [
      'a number a row is missing',
      tensorManifest({ outputs: [spec('variable', 'float32', ['rows', 3])] }),
      /whose output variable is not one number a row/,
    ],
    [
      'the value is text',
      tensorManifest({ outputs: [spec('variable', 'string', ['rows'])] }),
      /is not one number a row/,
    ],
    [
      'there are no probabilities',
      classifierManifest({ outputs: [spec('output_label', 'string', ['rows'])] }),
      /no output with a probability for each of its 2 classes.*predict_proba/,
    ],
    [
      'the scores are no probabilities',
      classifierManifest({
        label: undefined,
        golden: { inputs: [], outputs: [floats('output_probability', [2, 2], [0.5, 0.5, 1.5, -3])] },
      } as Partial<TensorManifest>),
      /whose scores are no probabilities/,
    ],
  ])('is refused where %s', (_, manifest, reason) => {
    const found = refusal(manifest, ['a', 'b']);
    expect(found.reason).toMatch(reason);
    expect(found.path).toBe('graph.sequence[0].model');
  });
});
