import { describe, expect, test } from 'vitest';
import { factName, formatFact } from './format-fact.ts';
import { formatMetric, formatNumber, formatShare } from './format-number.ts';
import { formatBytes } from './format-size.ts';
import { formatSeconds } from './format-time.ts';
import { bestIndex, lessIsBetter } from './metric-direction.ts';
import { nameInWords } from './name-in-words.ts';

describe('words', () => {
  test.each([
    [7043, '7,043'],
    [0.84512, '0.8451'],
    [64.7618, '64.76'],
    [12345.678, '12,346'],
    [0, '0'],
    [-3, '−3'],
    [0.00001234, '1.23e−5'],
    [Number.NaN, '—'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test.each([
    [0.85, '0.8500'],
    [0.0412, '0.0412'],
    [-0.021, '−0.0210'],
    [64.7, '64.70'],
    [7043, '7,043'],
  ])('%d in a column of metrics is written %s', (value, text) => {
    expect(formatMetric(value)).toBe(text);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [977_501, '978 kB'],
    [1_500_000, '1.5 MB'],
    [2_300_000_000_000_000, '2300 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [0.0000042, '4.2 µs'],
    [0.0015, '1.5 ms'],
    [0.0421, '42 ms'],
    [0.84, '0.8 s'],
    [9.97, '10 s'],
    [59.7, '1 min'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  test.each([
    ['rocAuc', 'ROC AUC'],
    ['roc-auc', 'ROC AUC'],
    ['log_loss', 'Log loss'],
    ['r2', 'R²'],
    ['trainRows', 'Train rows'],
    ['p99', 'p99'],
  ])('%s reads %s', (name, text) => {
    expect(nameInWords(name)).toBe(text);
  });

  test('the end of a key names the unit of its value', () => {
    expect(formatFact('addedBytes', 2048)).toBe('2.0 kB');
    expect(formatFact('latencyMicroseconds', 4.2)).toBe('4.2 µs');
    expect(factName('latencyMicroseconds')).toBe('latency');
    expect(formatFact('missingShare', 0.125)).toBe(formatShare(0.125));
    expect(formatFact('linearTerms', 3)).toBe('3');
    expect(factName('linearTerms')).toBe('linearTerms');
    expect(formatFact('manifest', 'ab'.repeat(32))).toBe('abababababab…');
    expect(formatFact('rows', 1500)).toBe('1,500');
    expect(formatFact('promoted', false)).toBe('no');
    expect(formatFact('dropped', ['a', 'b'])).toBe('a, b');
    expect(formatFact('dropped', [])).toBe('none');
  });

  test('a long list says how much it leaves out', () => {
    const values = Array.from({ length: 15 }, (_, index) => index);
    expect(formatFact('codes', values)).toMatch(/11 and 3 more$/);
  });

  test('the best of a loss is the smallest and of a score the largest', () => {
    expect(lessIsBetter('logLoss')).toBe(true);
    expect(lessIsBetter('rocAuc')).toBe(false);
    expect(bestIndex('rmse', [3, 1, 2])).toBe(1);
    expect(bestIndex('accuracy', [0.5, undefined, 0.9])).toBe(2);
    expect(bestIndex('accuracy', [0.5, 0.5])).toBe(-1);
    expect(bestIndex('accuracy', [0.5])).toBe(-1);
  });
});
