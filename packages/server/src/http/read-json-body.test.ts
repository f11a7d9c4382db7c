import { describe, expect, it } from 'vitest';
import { readJsonBody } from './read-json-body.ts';

const bounds = { depth: 3, keysOfOne: 3, keys: 5, entries: 12 };

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What is read, in whatever pieces it comes; else the failure's details, or its code. */
async function read(text: string, of: Partial<Parameters<typeof readJsonBody>[1]> = {}): Promise<unknown> {
  const outcomes = await Promise.all(
    [1, 7, 1_000_000].map((size) =>
      readJsonBody(inChunks(text, size), { maxBytes: 10_000, timeoutMs: 60_000, bounds, ...of }).catch(
        ({ code, details }) => (code === 'request.too-complex' ? details : code),
      ),
    ),
  );
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[2]).toEqual(outcomes[0]);
  return outcomes[0];
}

describe('a body of JSON', () => {
  it.each([
    '{"a":[1,"x"],"b":{"c":null}}',
    '"[[[[{{{{"',
    '"\\"[[[[\\\\"',
    '12',
    '[[[]]]',
    '"a:b,c:d,e:f,g:h"',
    ' {} ',
  ])('%s is read within its bounds', async (text) => {
    expect(await read(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['[[[[]]]]', { what: 'lists and objects in each other', limit: 3 }],
    ['[[[{', { what: 'lists and objects in each other', limit: 3 }],
    ['{"a":1,"b":1,"c":1,"d":1}', { what: 'keys in one object', limit: 3 }],
    ['{"a":1,"a":1,"a":1,"a":1}', { what: 'keys in one object', limit: 3 }],
    ['[{"a":1,"b":1},{"a":1,"b":1},{"a":1,"b":1}]', { what: 'keys', limit: 5 }],
    ['[1,2,3,4,5,6,7,8,9,10,11,12,13]', { what: 'values', limit: 12 }],
    ['[[],[],[],[],[],[],[]]', { what: 'values', limit: 12 }],
  ])('%s is refused before it is parsed', async (text, refused) => {
    expect(await read(text)).toEqual(refused);
  });

  it.each(['', ' ', '{', '{"a":}', '[1,]', '[1]x', ']', '{"a":1}{}', 'nul', '"\\ud8"'])(
    '%s is no JSON',
    async (text) => {
      expect(await read(text)).toBe('request.bad-json');
    },
  );

  it('is refused when it is too large, at the chunk that is', async () => {
    expect(await read(`"${'x'.repeat(100)}"`, { maxBytes: 100 })).toBe('request.too-large');
    expect(await read(`"${'x'.repeat(98)}"`, { maxBytes: 100 })).toBe('x'.repeat(98));
  });

  it('may begin with a byte order mark, and is UTF-8', async () => {
    expect(await read('\ufeff{"a":"é"}')).toEqual({ a: 'é' });
    const latin = async function* () {
      yield Buffer.from([0x22, 0xe9, 0x22]);
    };
    await expect(readJsonBody(latin(), { maxBytes: 10, timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'request.bad-json',
    });
  });

  it('that stops in the middle is given up', async () => {
    const stopping = async function* () {
      yield Buffer.from('{"a"');
      await new Promise(() => {});
    };
    await expect(readJsonBody(stopping(), { maxBytes: 10, timeoutMs: 20 })).rejects.toMatchObject({
      code: 'request.too-slow',
    });
  });
});

describe('a large body', () => {
  const wide = { depth: 100, keysOfOne: 20_000, keys: 500_000, entries: 2_500_000 };
  it('is the same as when it is parsed at once, with keys of every name', async () => {
    const value = {
      labels: Array.from({ length: 20_000 }, (_, i) => ({ id: `p_${i}`, value: i % 3 ? 'é"\\' : null })),
      ...JSON.parse('{"__proto__":{"a":1},"constructor":[2],"":[[]]}'),
      text: 'x'.repeat(300_000),
    };
    const text = JSON.stringify(value, null, 1);
    const read = await readJsonBody(inChunks(text, 65_536), {
      maxBytes: 1e8,
      timeoutMs: 60_000,
      bounds: wide,
    });
    expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    expect(Object.keys(read as object)).toContain('__proto__');
  });

  it('that breaks off is refused', async () => {
    const text = `[${'"abcdefghij",'.repeat(40_000)}`;
    await expect(
      readJsonBody(inChunks(text, 65_536), { maxBytes: 1e8, timeoutMs: 60_000 }),
    ).rejects.toMatchObject({ code: 'request.bad-json' });
  });
});
