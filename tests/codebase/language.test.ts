import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FAILURES, OPERATIONS } from '@slipway/contract';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/root.mjs';

/**
 * Words that this project has no use for, and the field's term for each. They are refused in messages, in the help of commands and
 * settings, and in the docs. Add a row when you replace another one.
 */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bjourneys?\b/i, 'pipeline run, or lifecycle'],
  [/\bby (?:itself|themselves)\b/i, 'automatically, or alone'],
  [/\bshall\b/i, 'must, or the present tense'],
  [/\b(?:whoever|nobody|anybody|everybody)\b/i, 'the caller, the user, the key: who it is'],
  [/\bmade elsewhere\b/i, 'imported'],
  [/\bformer\b/i, 'previous'],
  [/\bjudge[ds]?\b/i, 'evaluate; selection metric'],
  [/\blight(?:er|en|ens|ened)\b/i, 'compressed, smaller, faster'],
  [/\b(?:is|are) told\b/i, 'is reported'],
  [/\bput(?:s)? back\b/i, 'roll back, restore'],
  [/\b(?:wakes?|asleep)\b/i, 'cold start, scaled to zero'],
  [/(?<!encryption )\bat rest\b/i, 'scaled to zero'],
  [/\b(?:news|story)\b/i, 'progress'],
  [/\bstrangers?\b/i, 'row-independent'],
  [/\bdoubles\b/i, 'duplicates'],
  [
    /\b(?:crew|conductor|ledger|furniture|shelf)\b/i,
    'thread team, orchestrator, metadata store, layout, checkpoint',
  ],
  [/\blook(?:s|ed)? at (?:by|again|for)\b/i, 'monitoring run'],
  [/\btried enough\b/i, 'stopped early'],
  [/\bwhat really happened\b/i, 'actual outcome'],
];

type Passage = { where: string; text: string };

/** Prose of a page, by line: without blocks of code, code in lines, links' addresses, and what a program printed. */
function prose(where: string, page: string): Passage[] {
  let isCode = false;
  return page.split('\n').flatMap((line, index) => {
    if (/^\s*```/.test(line)) {
      isCode = !isCode;
      return [];
    }
    if (isCode) return [];
    const text = line.replace(/`[^`]*`/g, '').replace(/\]\([^)]*\)/g, ']');
    return [{ where: `${where}:${index + 1}`, text }];
  });
}

function offences(passages: readonly Passage[]): string[] {
  return passages.flatMap(({ where, text }) =>
    BANNED.flatMap(([pattern, instead]) => {
      const found = pattern.exec(text);
      return found === null ? [] : [`${where}: "${found[0]}" in "${text.trim()}"; say ${instead}`];
    }),
  );
}

const page = (path: string) => readFile(join(ROOT, path), 'utf8').then((text) => prose(path, text));

describe('plain language', () => {
  test('of every error and its hint', () => {
    const messages = Object.entries(FAILURES).flatMap(([code, { says, hint }]) => [
      { where: code, text: says.replace(/`[^`]*`/g, '') },
      { where: `${code} (hint)`, text: hint.replace(/`[^`]*`/g, '') },
    ]);
    expect(offences(messages)).toEqual([]);
  });

  test('of every operation', () => {
    const summaries = Object.entries(OPERATIONS).map(([where, { summary }]) => ({ where, text: summary }));
    expect(offences(summaries)).toEqual([]);
  });

  test('of the help of every command and setting', async () => {
    const pages = await Promise.all(
      ['docs/reference/commands.md', 'docs/reference/configuration.md'].map(page),
    );
    expect(pages.flat().length).toBeGreaterThan(100);
    expect(offences(pages.flat())).toEqual([]);
  });

  test('of the README and of every guide', async () => {
    const names = await readdir(join(ROOT, 'docs'));
    const guides = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
    expect(guides.length).toBeGreaterThan(10);
    const passages = await Promise.all(
      ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...guides].map(page),
    );
    expect(offences(passages.flat())).toEqual([]);
  });

  test('is not what an earlier release said: each pattern finds its word', () => {
    const said = [
      'The journey goes on by itself; nobody shall judge the former model, which was made elsewhere and is told and put back.',
      'A lighter form wakes; the news of the crew were looked at again: it has tried enough of what really happened.',
      'Endpoints at rest, strangers to each other, and doubles.',
    ];
    const unused = BANNED.filter(([pattern]) => !said.some((text) => pattern.test(text)));
    expect(unused).toEqual([]);
    expect(
      offences([
        { where: 'kept', text: 'Encryption at rest protects data; the model is rolled back automatically.' },
      ]),
    ).toEqual([]);
  });
});
