import { expect, it } from 'vitest';
import { parseColumnTypes } from './column-types.ts';

it('a column may have a colon or a comma in its name', () => {
  expect(parseColumnTypes('a:b:number, price, net:Float,c:text')).toEqual({
    types: { 'a:b': 'number', 'price, net': 'number', c: 'string' },
  });
});

it.each([
  ['zip', 'zip'],
  ['zip:string,day', 'day'],
  ['zip:postcode,day:date', 'zip:postcode'],
  [':number', ':number'],
  ['', ''],
])('%j is no list of types, because of %j', (text, wrong) => {
  expect(parseColumnTypes(text)).toEqual({ wrong });
});

it('names of what every object has are names of columns too', () => {
  const parsed = parseColumnTypes('__proto__:number,constructor:date');
  expect(Object.entries('types' in parsed ? parsed.types : {})).toEqual([
    ['__proto__', 'number'],
    ['constructor', 'timestamp'],
  ]);
});
