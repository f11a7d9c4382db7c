import { expect, test } from 'vitest';
import { countTexts } from './count-texts.ts';

const words = (text: string, have: (word: string) => void) => text.split(' ').forEach(have);

test('a term counts once for each text that it is in', () => {
  const counts = countTexts(['a b a', 'b c', ''], words);
  expect([counts.get('a'), counts.get('b'), counts.get('c')]).toEqual([1, 2, 1]);
});

test('terms that come again do not make the count grow without end, and what is in every text is kept', () => {
  const texts = Array.from({ length: 3000 }, (_, i) => `always word${i >> 1} other${Math.floor(i / 3)}`);
  const counts = countTexts(texts, words, 100);
  expect(counts.size).toBeLessThanOrEqual(100);
  expect(counts.get('always')).toBe(3000);
});
