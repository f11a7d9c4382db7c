import { isFailure } from '@slipway/contract';
import { describe, expect, test } from 'vitest';
import { type GivenConfiguration, parseSearchConfiguration } from './search-configuration.ts';

function refusal(raw: GivenConfiguration) {
  try {
    parseSearchConfiguration(raw, 'binary');
  } catch (error) {
    if (isFailure(error)) return { code: error.code, path: error.path };
    throw error;
  }
  return undefined;
}

describe('a goal', () => {
  test('of nothing is to search everything', () => {
    expect(parseSearchConfiguration({}, 'binary')).toEqual({});
  });

  test('of fixed parameters alone is one fit', () => {
    const params = { leaves: 31, l2: 0.5 };
    expect(parseSearchConfiguration({ learner: 'boosted-trees', params })).toEqual({
      learner: 'boosted-trees',
      params,
      trials: 1,
    });
  });

  test('with a space has ranges of whole numbers where the parameter is one, and lists as choices', () => {
    const space = {
      leaves: { low: 8, high: 64, log: true },
      l2: { low: 0.1, high: 2 },
      extraTrees: [true, false],
    };
    expect(parseSearchConfiguration({ learner: 'boosted-trees', space, params: { l1: 0 } }).space).toEqual({
      leaves: { kind: 'integer', low: 8, high: 64, log: true },
      l2: { kind: 'real', low: 0.1, high: 2 },
      extraTrees: { kind: 'choice', of: [true, false] },
    });
  });

  test.each([
    [{ learner: 'magic' }, 'train.learner-unknown', 'learner'],
    [{ params: { leaves: 3 } }, 'train.learner-needed', 'learner'],
    [{ learner: 'boosted-trees', params: { leafs: 3 } }, 'train.params-invalid', 'params.leafs'],
    [{ learner: 'boosted-trees', params: { leaves: 'many' } }, 'train.params-invalid', 'params.leaves'],
    [{ learner: 'boosted-trees', params: { leaves: 3.5 } }, 'train.params-invalid', 'params.leaves'],
    [{ learner: 'boosted-trees', params: { l2: -1 } }, 'train.params-invalid', 'params.l2'],
    [
      { learner: 'boosted-trees', params: { featureFraction: 2 } },
      'train.params-invalid',
      'params.featureFraction',
    ],
    [{ learner: 'boosted-trees', params: { extraTrees: 1 } }, 'train.params-invalid', 'params.extraTrees'],
    [{ learner: 'boosted-trees', space: { leaves: 3 } }, 'train.space-invalid', 'space.leaves'],
    [{ learner: 'boosted-trees', space: { leaves: [] } }, 'train.space-invalid', 'space.leaves'],
    [
      { learner: 'boosted-trees', space: { leaves: { low: 9, high: 3 } } },
      'train.space-invalid',
      'space.leaves',
    ],
    [
      { learner: 'boosted-trees', space: { l1: { low: 0, high: 3, log: true } } },
      'train.space-invalid',
      'space.l1',
    ],
    [
      { learner: 'boosted-trees', space: { l1: { low: 0, high: 3, step: 1 } } },
      'train.space-invalid',
      'space.l1',
    ],
    [
      { learner: 'boosted-trees', params: { l1: 1 }, space: { l1: { low: 0, high: 3 } } },
      'train.space-invalid',
      'space.l1',
    ],
  ] as [GivenConfiguration, string, string][])('%j is refused as %s at %s', (raw, code, path) => {
    expect(refusal(raw)).toEqual({ code, path });
  });
});
