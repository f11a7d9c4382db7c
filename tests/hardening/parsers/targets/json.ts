import { readJsonBody } from '../../../../packages/server/src/http/read-json-body.ts';
import {
  nonFiniteJson,
  parseExactJson,
  parseJsonInParts,
} from '../../../../packages/server/src/kernel/index.ts';
import { hold, type ParserTarget, same, type Taken, taken, takenLater } from '../target.ts';

const WORDS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  'null',
  'true',
  '"__proto__":',
  '"toString":',
];
const NUMBERS = ['9007199254740993', '-9223372036854775808', '18446744073709551615', '1e5', '-0', '0.1'];
const NON_FINITE = ['NaN', 'Infinity', '-Infinity'];
const EXAMPLES = [
  '{"rows":[{"day":"2026-01-01","amount":12.5,"express":true,"country":null}],"id":9007199254740993}',
  '[NaN,Infinity,-Infinity,"NaN",-9223372036854775808,18446744073709551615,123456789012345678901]',
  ' { "a\\"b" : [ "\\\\", "\\u00e9", "é☃", [[[]]], {} ] , "__proto__" : { "x" : 1.5e-7 } } ',
];

const isSyntaxError = (error: unknown) => error instanceof SyntaxError;

/** As `JSON.parse` has it; numbers beyond 2^53 as it rounds them. */
function plain(text: string): Taken<unknown> {
  return taken(() => JSON.parse(text) as unknown, isSyntaxError);
}

function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}

/** Tokens of JSON, and the words that Python writes as well. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[\w.+-]+|[^\s]/gs;

/** Whether text is JSON, but for NaN and Infinity in place of values. */
function isPythonJson(text: string): boolean {
  if (!/^[ \t\n\r]*$/.test(text.replace(TOKENS, ''))) return false;
  const tokens = text.match(TOKENS) ?? [];
  return plain(tokens.map((each) => (NON_FINITE.includes(each) ? 'null' : each)).join(' ')) !== undefined;
}

function isShallow(text: string): boolean {
  return !text.includes('['.repeat(2_000)) && !text.includes('{"a":'.repeat(2_000));
}

function checkExact(input: Buffer): void {
  const text = input.toString('utf8');
  const expected = plain(text);
  const exact = taken(() => parseExactJson(text), isSyntaxError);
  // Text that is nested so deeply may be refused where it holds long numbers, which are put in by recursion.
  if (!isShallow(text)) return;
  hold((expected === undefined) === (exact === undefined), 'JSON is what JSON.parse takes');
  if (exact === undefined) return;
  same(rounded(exact.value), expected!.value, 'the value is that of JSON.parse');
  const again = parseExactJson(nonFiniteJson(exact.value), { allowsNonFinite: true });
  // A fraction beyond 2^53 is rounded to a whole number, which is then written as one.
  same(rounded(again), rounded(exact.value), 'written again it is the same');
}

function checkPython(input: Buffer): void {
  const text = input.toString('utf8');
  const found = taken(() => parseExactJson(text, { allowsNonFinite: true }), isSyntaxError);
  if (!isShallow(text)) return;
  hold(
    (found !== undefined) === isPythonJson(text),
    'JSON with NaN and Infinity is JSON but for these words',
  );
  const strict = plain(text);
  if (strict !== undefined) same(rounded(found?.value), strict.value, 'JSON is read as JSON');
}

/** What stands for a list too long to be parsed at once. */
const LONG_LIST = JSON.stringify(Array.from({ length: 9_000 }, (_, i) => i / 7));
const LONG_TEXT = 'x'.repeat(70_000);

/** Each `~` becomes a long list, and each `#` a long run of text, so that the text is cut into parts. */
function enlarged(input: Buffer): Buffer {
  let marks = 0;
  const text = input
    .toString('utf8')
    .replace(/[~#]/g, (mark) => (++marks > 8 ? '' : mark === '~' ? LONG_LIST : LONG_TEXT));
  return Buffer.from(text);
}

async function checkInParts(input: Buffer): Promise<void> {
  const json = enlarged(input);
  const text = json.toString('utf8');
  const again = async () => {};
  const found = await takenLater(
    () => parseJsonInParts(json, { parse: (part) => parseExactJson(part), deepest: 512, again }),
    isSyntaxError,
  );
  const whole = taken(() => parseExactJson(text), isSyntaxError);
  // Lists and objects alone have parts.
  if (whole === undefined) hold(found === undefined, 'what is no JSON is refused in parts');
  else if (found !== undefined) same(found.value, whole.value, 'the value in parts is that of the whole');
  else hold(typeof whole.value !== 'object' || whole.value === null || isDeep(text), 'JSON is read in parts');
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (const bracket of text.replace(/"(?:[^"\\]|\\.)*"/gs, '').match(/[[{\]}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > 512) return true;
  }
  return false;
}

async function checkBody(input: Buffer): Promise<void> {
  const pieces = async function* () {
    for (let at = 0; at < input.length; at += 1_000) yield input.subarray(at, at + 1_000);
  };
  const limits = { maxBytes: 1024 * 1024, timeoutMs: 60_000 };
  const found = await takenLater(() => readJsonBody(pieces(), limits));
  if (found === undefined) return;
  const text = input.toString('utf8').replace(/^\ufeff/, '');
  same(found.value, JSON.parse(text), 'a body is read as JSON.parse reads it');
}

export const jsonTargets: ParserTarget[] = [
  {
    name: 'exact-json',
    examples: EXAMPLES,
    words: [...WORDS, ...NUMBERS],
    check: checkExact,
  },
  {
    name: 'python-json',
    examples: EXAMPLES,
    words: [...WORDS, ...NUMBERS, ...NON_FINITE],
    check: checkPython,
  },
  {
    name: 'json-in-parts',
    examples: [
      '{"rows":[~,1,{"a":~,"b":"#"}],"id":9007199254740993}',
      '[[~],[1,2,~,"\\"#\\\\"],{"__proto__":~,"x,]":{}}]',
      '[{"a":[[~,{"b":~}]]},~,~,null]',
    ],
    words: [...WORDS, '~', '~', '#', ',~', '~,', ...NUMBERS],
    check: checkInParts,
  },
  {
    name: 'json-body',
    examples: [...EXAMPLES, '\ufeff{"name":"orders"}'],
    words: WORDS,
    check: checkBody,
  },
];
