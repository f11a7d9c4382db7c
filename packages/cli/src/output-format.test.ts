import { expect, test } from 'vitest';
import { BATCH_FORMATS, outputFormat, PREDICT_FORMATS } from './output-format.ts';

test.each([
  ['scored.csv', undefined, 'csv'],
  ['SCORED.CSV', undefined, 'csv'],
  ['scored.ndjson', undefined, 'ndjson'],
  ['scored.jsonl', undefined, 'ndjson'],
  ['/dev/stdout', 'csv', 'csv'],
  ['scored', 'ndjson', 'ndjson'],
  ['scored.csv', 'csv', 'csv'],
] as const)('predict --out %s --format %s writes %s', (out, format, expected) => {
  expect(outputFormat(out, format, PREDICT_FORMATS)).toBe(expected);
});

test.each([
  ['scored.csv', 'csv'],
  ['scored.parquet', 'parquet'],
] as const)('batch predict --out %s writes %s', (out, expected) => {
  expect(outputFormat(out, undefined, BATCH_FORMATS)).toBe(expected);
});

test.each([
  ['scored.parquet', undefined, '--out scored.parquet: give a file that ends in .csv or .ndjson'],
  ['scored', undefined, '--out scored: give a file that ends in .csv or .ndjson, or say its --format'],
  ['scored.csv', 'ndjson', '--out scored.csv ends as csv does and --format is ndjson'],
] as const)('predict --out %s --format %s is refused', (out, format, message) => {
  expect(() => outputFormat(out, format, PREDICT_FORMATS)).toThrow(message);
});

test('batch predict without --out is refused', () => {
  expect(() => outputFormat('', undefined, BATCH_FORMATS)).toThrow('--out: give a file that ends in .csv or');
});
