import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedCheck } from './parsers/bounded-check.ts';
import { inputs } from './parsers/mutate.ts';
import { PARSER_TARGETS } from './parsers/targets/index.ts';

/** Of each parser; `npm run bench -- fuzz` tries as many as time allows. */
const INPUTS = Number(process.env.SLIPWAY_TEST_INPUTS ?? 100);

describe('a parser refuses what it cannot read, and gives what it says otherwise:', () => {
  it.each(PARSER_TARGETS)('$name', async (target) => {
    const examples = target.examples.map((each) => Buffer.from(each));
    for (const example of examples) await boundedCheck(target, example);
    const given = inputs({ examples, words: target.words ?? ['\0', '\n', '0'] });
    await fc.assert(
      fc.asyncProperty(given, (input) => boundedCheck(target, input)),
      { numRuns: INPUTS, includeErrorInReport: true },
    );
  });
});

it('the list of parsers names every target', async () => {
  const page = await readFile(new URL('./parsers/README.md', import.meta.url), 'utf8');
  const named = new Set([...page.matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => name));
  expect(PARSER_TARGETS.filter(({ name }) => !named.has(name)).map(({ name }) => name)).toEqual([]);
});
