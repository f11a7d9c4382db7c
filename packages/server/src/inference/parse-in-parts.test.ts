import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLargeJson, parseInParts } from './parse-in-parts.ts';
import { parseJson, parsePythonJson, reading, readText } from './read-json.ts';

const NONE = { inferenceHeaderLength: undefined };

/** Parsed, and how often others had a turn. */
async function parse(text: string): Promise<{ value: unknown; turns: number; hasNaN: boolean }> {
  let turns = 0;
  const { value, hasNaN } = await parseInParts(Buffer.from(text), NONE, async () => void turns++);
  return { value, turns, hasNaN };
}

const TEXT = 'x'.repeat(70_000);
const NUMBERS = Array.from({ length: 30_000 }, (_, i) => i / 7);

/** Lists and objects whose entries are small, or too large to be parsed at once. */
const large = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(NUMBERS, TEXT, 1, null, 'a "quoted\\" text, ]}', { ' ': [] }, []),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('rows', '__proto__', 'a,b', 'x"]', ''), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('JSON that is parsed in parts', () => {
  it('is what JSON.parse makes of it, written in any way', async () => {
    await fc.assert(
      fc.asyncProperty(large, fc.constantFrom(undefined, 1), async (value, indent) => {
        const text = JSON.stringify({ all: value, more: [value, 'é☃'] }, null, indent);
        expect((await parse(text)).value).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves turns to others', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ x: i, name: `row ${i}` }));
    const { value, turns } = await parse(JSON.stringify({ rows }));
    expect(value).toEqual({ rows });
    expect(turns).toBeGreaterThan(8);
  });

  it('keeps the last of two values of a key, large or small', async () => {
    const list = JSON.stringify(NUMBERS);
    expect((await parse(`{"a":${list},"a":1}`)).value).toEqual({ a: 1 });
    expect((await parse(`{"a":1,"a":${list}}`)).value).toEqual({ a: NUMBERS });
  });

  const list = JSON.stringify(NUMBERS);
  it.each([
    ['cut off', list.slice(0, -1)],
    ['with the wrong bracket', `${list.slice(0, -1)}}`],
    ['with an entry missing at the end', `[${list},]`],
    ['with an entry missing in the middle', `[${list},,1]`],
    ['with an entry missing among small ones', `${list.slice(0, -1)},,1]`],
    ['with a comma missing after a large entry', `[${list} 1]`],
    ['with a comma missing before a large entry', `[1 ${list}]`],
    ['with a word', `[${list.slice(1, -1)},nope]`],
    ['with a key missing', `{${list}}`],
    ['with something before', `x${list}`],
    ['with something after', `${list}x`],
    ['twice', `${list}${list}`],
    ['with a text that does not end', `["${TEXT}`],
    ['with a space that JSON has not', `[\u00a0${list}]`],
    ['too deep', `${'['.repeat(600)}${list}${']'.repeat(600)}`],
  ])('is refused %s', async (_, text) => {
    await expect(parse(text)).rejects.toMatchObject({ code: 'request.bad-json' });
  });

  it('may hold NaN where Python’s JSON is read, and there alone', async () => {
    const text = `[NaN,${list.slice(1)}`;
    const body = Buffer.from(text);
    const parsed = await parseInParts(body, NONE, async () => {});
    expect(reading(parsed, () => parsePythonJson(readText(body)))).toEqual([null, ...NUMBERS]);
    expect(() => reading(parsed, () => parseJson(readText(body)))).toThrow(
      expect.objectContaining({ code: 'request.bad-json' }),
    );
  });

  it('is not UTF-16 or Latin', async () => {
    const body = Buffer.from(`["${TEXT}é"]`, 'latin1');
    await expect(parseInParts(body, NONE, async () => {})).rejects.toMatchObject({
      code: 'request.bad-json',
    });
  });

  it('is what is large and JSON', () => {
    const body = Buffer.alloc(300_000);
    const of = (more: object) => isLargeJson(body, { contentType: 'application/json', ...more } as never);
    expect([of({}), of({ contentType: 'text/csv' }), of({ inferenceHeaderLength: '100' })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
