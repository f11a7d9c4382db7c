import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findSlowPatterns } from '../../scripts/pattern-rules/find-slow-patterns.mjs';

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-patterns-')));
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2023', module: 'ESNext', types: [] };
  await plant('tsconfig.json', JSON.stringify({ compilerOptions, include: ['packages'] }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function plant(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const SLOW = [
  'export const ends = /-+$/;',
  'export const nested = /^(a+)+b/;',
  "const WORDS = '(?:a|aa)+';",
  `export const folded = new RegExp(\`^\${WORDS}$\`);`,
  'export const unknown = (text: string) => new RegExp(text);',
];
const LINEAR = `const DIGIT = '[0-9]';
export const fine = [/^[a-z]+\\d*$/, new RegExp(\`^\${DIGIT}+$\`, 'u')];
`;

test('patterns that take more than linear time are found, written out or put together of constants, and those that cannot be read', async () => {
  await plant('packages/server/src/planted.ts', `${SLOW.join('\n')}\n${LINEAR}`);
  await plant('packages/server/src/planted.test.ts', 'export const free = /-+$/;');
  const { patterns, slow } = findSlowPatterns(folder, ['tsconfig.json']);
  expect(patterns).toBe(6);
  expect(slow.map(({ line, reason }) => [line, reason.split(' for ')[0]])).toEqual([
    [1, '2nd degree polynomial'],
    [2, 'exponential'],
    [4, 'exponential'],
    [5, expect.stringContaining('put together at run time')],
  ]);
});
