import { expect, test } from 'vitest';
import { textColumn } from '../../../testing/random-texts.ts';
import { fitVocabulary, type TextFeature } from '../../prepare/index.ts';
import { leadingTerms } from './leading-terms.ts';

const texts = ['not good', 'not good at all', 'good', 'very good', 'bad', 'very bad', 'bad and dull', 'dull'];
const vocabulary = fitVocabulary(textColumn(texts), Int32Array.from(texts.keys()))!;

function weighing(weights: Record<string, number>, of: TextFeature['of'] = 'target'): TextFeature {
  const { words, pairs } = vocabulary;
  const terms = [...words, ...pairs.map(([a, b]) => `${words[a]} ${words[b]}`)];
  return {
    kind: 'text',
    name: 'x',
    column: 'text',
    of,
    weights: terms.map((term) => weights[term] ?? 0),
    vocabulary,
  };
}

test('the terms that raise and lower an answer most are told, words and pairs of words', () => {
  const features = [
    weighing({ good: 2, very: 0.5, bad: -1, 'not good': -3 }),
    weighing({ dull: 9 }, 'topic'),
  ];
  expect(leadingTerms(features, ['praise'])).toEqual([
    { column: 'text', outputs: [{ output: 'praise', raise: ['good', 'very'], lower: ['not good', 'bad'] }] },
  ]);
});

test('what raises every class alike speaks for none of them', () => {
  const weights: Record<string, number>[] = [{ good: 5, bad: 1 }, { good: 5, dull: 1 }, { good: 5 }];
  const features = weights.map((own) => weighing(own));
  const [found] = leadingTerms(features, ['a', 'b', 'c']);
  expect(found?.outputs.map(({ raise }) => raise)).toEqual([['bad'], ['dull'], []]);
});

test('a model that weighs no terms one by one has none to tell', () => {
  expect(leadingTerms([weighing({}, 'topic')], ['y'])).toEqual([]);
});
