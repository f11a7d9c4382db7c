import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/root.mjs';
import { sourceFiles } from './source-files.ts';

/** What imports cannot tell: globals that read the clock, chance, the environment or the network. */
const IMPURE =
  /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.|\bprocess\.|\bfetch\(|\bset(?:Timeout|Interval)\(|\brandom(?:Bytes|UUID|Int)\b|\bgetRandomValues\b/;

/**
 * The files that may read the environment: the composition root, the place where the terminal's words meet it, and what asks whether Node
 * follows a proxy.
 */
const MAY_READ_ENVIRONMENT = [
  /^packages\/server\/src\/main\//,
  /^packages\/cli\/src\//,
  /^packages\/sdk\/src\/spare-loopback\.ts$/,
];

test('model.ts files hold nouns and pure functions: no clock, no chance, no environment', async () => {
  const models = (await sourceFiles()).filter((file) => file.endsWith('/model.ts'));
  expect(models.length).toBeGreaterThan(3);
  expect(await offences(models, IMPURE)).toEqual([]);
});

test('only main/ and the terminal read the environment', async () => {
  const files = (await shipped()).filter((file) => !MAY_READ_ENVIRONMENT.some((place) => place.test(file)));
  expect(await offences(files, /\bprocess\.env\b/)).toEqual([]);
});

test('shipped code has no default exports, enums or suppressed checks', async () => {
  const suppressed =
    /@ts-(?:ignore|nocheck|expect-error)|biome-ignore-all|^export default|^(?:export )?(?:const )?enum /m;
  expect(await offences(await shipped(), suppressed)).toEqual([]);
});

test('no test is left focused, and none is left to be written', async () => {
  const tests = (await sourceFiles()).filter(
    (file) => /\.test\.tsx?$/.test(file) && !file.startsWith('tests/codebase/'),
  );
  expect(await offences(tests, /\b(?:test|it|describe)\.(?:only|todo)\b/)).toEqual([]);
});

async function shipped(): Promise<string[]> {
  const files = await sourceFiles();
  return files.filter(
    (file) =>
      /^packages\/[a-z]+\/src\//.test(file) && !/\.test\.tsx?$|-under-test\.ts$|\/testing\//.test(file),
  );
}

/** Lines of code that match, as `file:line`; lines that are wholly comment do not count. */
async function offences(files: string[], pattern: RegExp): Promise<string[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(join(ROOT, file), 'utf8')).split('\n');
      return lines.flatMap((line, index) =>
        /^\s*(?:\/\/|\*|\/\*)/.test(line) || !pattern.test(line)
          ? []
          : [`${file}:${index + 1} ${line.trim()}`],
      );
    }),
  );
  return found.flat();
}
