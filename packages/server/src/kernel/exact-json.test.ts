import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactInteger, exactJson, parseExactJson } from './exact-json.ts';

describe('JSON that keeps digits', () => {
  it.each(['9007199254740993', '-9223372036854775808', '18446744073709551615'])(
    'reads %s as it is',
    (digits) => {
      expect(parseExactJson(`{"a":[${digits}, 1],"b":"${digits}"}`)).toEqual({
        a: [BigInt(digits), 1],
        b: digits,
      });
      expect(exactJson({ a: [BigInt(digits)], b: digits })).toBe(`{"a":[${digits}],"b":"${digits}"}`);
    },
  );

  it('has numbers where these keep their digits, fractions and powers of ten', () => {
    const text = '[9007199254740991,0.30000000000000004,12345678901234567.5,1e22,100000000000000000000000]';
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  });

  it('passes over text that looks like numbers, whatever is escaped in it', () => {
    const texts = ['a\\"9007199254740993', '\\\\', '"', '9007199254740993 NaN', '\\'];
    const text = `[${texts.map((one) => JSON.stringify(one)).join(',')},9007199254740993]`;
    expect(parseExactJson(text, { allowsNonFinite: true })).toEqual([...texts, 9007199254740993n]);
  });

  it.each([
    '[09007199254740993]',
    '[9007199254740993',
    '[9007199254740993,]',
    '"9007199254740993',
    '9007199254740993 1',
    '{9007199254740993:1}',
    '{"a":{-9007199254740993:[1]}}',
  ])('refuses %s', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
    expect(() => parseExactJson(text, { allowsNonFinite: true })).toThrow(SyntaxError);
  });

  it.each(['[Infinity1]', '[1Infinity]', '[1-Infinity]', '[NaN1]', '[Infinity.5]', '{NaN:1}', '[nullNaN]'])(
    'takes a token of Python for one only where it stands alone: %s',
    (text) => {
      expect(() => parseExactJson(text, { allowsNonFinite: true })).toThrow(SyntaxError);
    },
  );

  it('reads the tokens that Python writes only where they are allowed', () => {
    const text = '{"a":[NaN,Infinity,-Infinity,"NaN"]}';
    expect(parseExactJson(text, { allowsNonFinite: true })).toEqual({
      a: [null, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 'NaN'],
    });
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('agrees with JSON.parse on any JSON, with 64-bit numbers among it', () => {
    const value = fc.oneof(fc.jsonValue(), fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })));
    fc.assert(
      fc.property(value, (one) => {
        const text = exactJson(one);
        expect(exactJson(parseExactJson(text))).toBe(text);
        expect(exactJson(parseExactJson(text, { allowsNonFinite: true }))).toBe(text);
      }),
    );
  });

  it('has a bigint only where a number would lose digits', () => {
    expect([exactInteger(7n), exactInteger(2n ** 53n + 1n)]).toEqual([7, 9007199254740993n]);
  });
});
