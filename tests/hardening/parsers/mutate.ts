import fc from 'fast-check';

/** One change of an input. `at` and `length` are shares of it, `value` is what the change needs of chance. */
export type Mutation = { kind: (typeof MUTATIONS)[number]; at: number; length: number; value: number };

export const MUTATIONS = [
  'flip',
  'byte',
  'cut',
  'remove',
  'repeat',
  'splice',
  'word',
  'size',
  'digits',
  'nest',
] as const;

/** Inputs do not grow beyond it: what is slow for much input is for the parser's own tests. */
const MOST_BYTES = 64 * 1024;
const EXTREME_BYTES = [0, 1, 0x20, 0x22, 0x7f, 0x80, 0xc0, 0xff];
const EXTREME_SIZES = [0n, 1n, 0x7fn, 0xffn, 0x7fffn, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn];
const LONG_SIZES = [2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
const EXTREME_DIGITS = ['0', '-1', '9007199254740993', '1e309', '-0', '99999999999999999999', '4294967296'];
const BRACKETS = ['[', '{"a":', '(', '"', '\\', '\n', ' '];

export type Sources = { examples: readonly Buffer[]; words: readonly string[] };

/** An example with some changes, or any bytes or text. */
export function inputs({ examples, words }: Sources): fc.Arbitrary<Buffer> {
  const mutated = fc
    .tuple(fc.nat(examples.length - 1), fc.array(mutation, { minLength: 1, maxLength: 5 }))
    .map(([i, mutations]) =>
      mutations.reduce((input, each) => mutate(input, each, { examples, words }), examples[i]!),
    );
  const text = fc.string({ unit: 'binary', maxLength: 200 }).map((each) => Buffer.from(each));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
  const told = fc.array(fc.constantFrom(...words, ...EXTREME_DIGITS, ...BRACKETS), { maxLength: 12 });
  return fc.oneof(
    { weight: 8, arbitrary: mutated },
    { weight: 1, arbitrary: text },
    { weight: 1, arbitrary: bytes },
    { weight: 2, arbitrary: told.map((all) => Buffer.from(all.join(''))) },
  );
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...MUTATIONS),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.double({ min: 0, max: 1, noNaN: true }),
  value: fc.nat(0xffff),
});

export function mutate(input: Buffer, { kind, at, length, value }: Mutation, sources: Sources): Buffer {
  const from = Math.floor(at * input.length);
  // Short ranges are the more telling ones.
  const to = Math.min(input.length, from + 1 + Math.floor(length ** 3 * (input.length - from)));
  const [head, middle, tail] = [input.subarray(0, from), input.subarray(from, to), input.subarray(to)];
  const joined = (...parts: Uint8Array[]) => Buffer.concat(parts).subarray(0, MOST_BYTES);
  switch (kind) {
    case 'flip':
    case 'byte': {
      const changed = Buffer.from(input);
      if (from < changed.length)
        changed[from] = kind === 'flip' ? changed[from]! ^ (1 << (value % 8)) : pick(EXTREME_BYTES, value);
      return changed;
    }
    case 'cut':
      return Buffer.from(head);
    case 'remove':
      return joined(head, tail);
    case 'repeat':
      return joined(head, ...Array.from({ length: 2 + (value % 40) }, () => middle), tail);
    case 'splice': {
      const other = pick(sources.examples, value);
      return joined(head, other.subarray(Math.floor(length * other.length)));
    }
    case 'word':
      return joined(head, Buffer.from(pick([...sources.words, ...EXTREME_DIGITS], value)), tail);
    case 'size':
      return sized(input, from, value);
    case 'digits':
      return withDigits(input, from, pick(EXTREME_DIGITS, value));
    case 'nest':
      return joined(
        head,
        Buffer.from(pick(BRACKETS, value).repeat(1 + Math.floor(length ** 2 * 20_000))),
        tail,
      );
  }
}

/** With an extreme whole number of 1, 2, 4 or 8 bytes in place of what stands there, or as a varint. */
function sized(input: Buffer, from: number, value: number): Buffer {
  const width = pick([1, 2, 4, 8, 0], value);
  const size = pick(
    width === 8 || width === 0 ? [...EXTREME_SIZES, ...LONG_SIZES] : EXTREME_SIZES,
    value >> 4,
  );
  if (width === 0) return Buffer.concat([input.subarray(0, from), varint(size), input.subarray(from + 1)]);
  const changed = Buffer.from(input);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(size);
  bytes.copy(changed, from, 0, width);
  return changed;
}

function varint(size: bigint): Buffer {
  const bytes: number[] = [];
  for (let left = size; ; left >>= 7n) {
    const low = Number(left & 0x7fn);
    if (left < 128n) return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

/** With other digits in place of the next number in text. */
function withDigits(input: Buffer, from: number, digits: string): Buffer {
  const text = input.toString('latin1');
  const found = /\d+/g;
  found.lastIndex = from;
  const next = found.exec(text);
  if (next === null) return input;
  return Buffer.from(text.slice(0, next.index) + digits + text.slice(next.index + next[0].length), 'latin1');
}

function pick<T>(list: readonly T[], value: number): T {
  return list[value % list.length]!;
}
