import { describe, expect, it } from 'vitest';
import { type JsonLimits, surveyJson } from './json-survey.ts';

const LIMITS: JsonLimits = { columns: 4, depth: 5, listedKeys: 3 };

/** In pieces of so many bytes. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const survey = (text: string, rowDepth = 0, size = 7) =>
  surveyJson(pieces(text, size), { file: 'x.json', rowDepth, limits: LIMITS });

const columns = { code: 'file.too-many-columns', details: { columns: 'more than 4', limit: 4 } };

describe('rows of JSON', () => {
  it.each([
    ['the same keys in every row', '{"a":1,"b":[1,2],"c":"x","d":null}\n{"d":1,"c":2,"b":3,"a":4}\n', 0],
    ['objects in rows, of which the leaves count', '{"a":{"b":1,"c":{"d":2,"e":3}},"f":4}', 0],
    ['rows in a list', '[{"a":1,"b":2},{"c":3,"d":4}]', 1],
    ['keys within texts', String.raw`{"a":"{\"b\":1,\"c\":2,\"d\":3,\"e\":4}","b":"[[[[[[["}`, 0],
    ['values as deep as they may be', '{"a":[[[[1]]]]}', 0],
    ['a list of values', '[1,2,"a",true]', 1],
    ['no JSON', ']]]}}}"', 0],
  ])('with %s pass', async (_what, text, rowDepth) => {
    for (const size of [1, 3, 1000]) await survey(text, rowDepth, size);
  });

  it('are counted', async () => {
    const row = '{"a":1,"b":{"c":[{"x":1}],"d":{}}}';
    expect(await survey(`${row}\n{}\n{"e": 2}\n`)).toEqual({ rows: 3, columns: 3 });
    expect(await survey(` [${row}, {}\n, {"e":2}]`, 1)).toEqual({ rows: 3, columns: 3 });
  });

  it.each([
    ['in one row', '{"a":1,"b":1,"c":1,"d":1,"e":1}', 0],
    ['one a row', '{"a":1}\n{"b":1}\n{"c":1}\n{"d":1}\n{"e":1}', 0],
    ['in a list of rows', '[{"a":1},{"b":1},{"c":1},{"d":1},{"e":1}]', 1],
    ['in objects of rows', '{"a":{"b":1,"c":1},"d":{"b":1,"c":1,"e":1}}', 0],
    ['under keys that end alike', '{"a":{"x":1},"b":{"x":1},"c":{"x":1},"d":{"x":1},"e":{"x":1}}', 0],
  ])('with more columns than there may be, %s, are refused', async (_what, text, rowDepth) => {
    for (const size of [1, 3, 1000])
      await expect(survey(text, rowDepth, size)).rejects.toMatchObject(columns);
  });

  it.each([
    ['lists', '{"a":[[[[[1]]]]]}', 0],
    ['objects', '{"a":{"a":{"a":{"a":{"a":{}}}}}}', 0],
    ['lists around nothing', '[[[[[[[', 1],
  ])('with %s that are too deep are refused', async (_what, text, rowDepth) => {
    await expect(survey(text, rowDepth)).rejects.toMatchObject({
      code: 'file.too-complex',
      details: { limit: 5, file: 'x.json' },
    });
  });

  it('with too many different keys within lists are refused', async () => {
    await survey('{"a":[{"x":1,"y":2},{"z":3}]}\n{"a":[{"x":4}]}');
    await expect(survey('{"a":[{"x":1},{"y":1}]}\n{"a":[{"z":1},{"u":1}]}')).rejects.toMatchObject({
      code: 'file.too-complex',
      details: { limit: 3 },
    });
  });
});
