import { expect, it } from 'vitest';
import { decodeEngineFile } from './engine-file.ts';
import { decodeForecastFile } from './forecast/forecast-file.ts';
import { heldOutOf } from './held-out.ts';

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const invalid = expect.objectContaining({ code: 'bundle.invalid' });

it.each<[string, unknown]>([
  ['a tree that is none', { format: 4, model: { trees: [null] } }],
  ['thresholds that are none', { format: 4, model: { trees: [{ threshold: 1 }] } }],
  ['parts that are none', { format: 4, model: { trees: [], parts: [null] } }],
  ['features that are none', { format: 4, model: { trees: [] }, preparation: { features: [null] } }],
])('trees.json with %s is no bundle’s', (_, file) => {
  expect(() => decodeEngineFile(bytesOf(file))).toThrow(invalid);
});

it('forecast.json and holdout.json with other parts are no bundle’s', () => {
  const forecast = { format: 1, model: { series: [], trees: 1 }, table: { values: [] } };
  expect(() => decodeForecastFile(bytesOf(forecast))).toThrow(invalid);
  const held = { format: 1, rows: 'AAA=', target: 'AAA=', predictions: '' };
  expect(() => heldOutOf(new Map([['holdout.json', bytesOf(held)]]))).toThrow(invalid);
});
