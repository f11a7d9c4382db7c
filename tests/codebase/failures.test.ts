import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FAILURES, type FailureCode, OPERATIONS, type Operation } from '@slipway/contract';
import { describe, expect, test } from 'vitest';
import { failuresReference } from '../../scripts/generators/failures-reference.ts';
import { ROOT } from '../../scripts/root.mjs';
import { sourceFiles } from './source-files.ts';

const codes = Object.keys(FAILURES) as FailureCode[];

describe('the failure catalogue', () => {
  test('and its manual hold the same codes, both ways', async () => {
    const manual = await readFile(join(ROOT, 'docs/reference/failures.md'), 'utf8');
    const documented = [...manual.matchAll(/^### (\S+)$/gm)].map((match) => match[1]);
    expect(documented.filter((code) => !codes.includes(code as FailureCode))).toEqual([]);
    expect(codes.filter((code) => !documented.includes(code))).toEqual([]);
    expect(manual).toBe(failuresReference());
  });

  test.each(codes)('%s says a whole sentence and a way out', (code) => {
    const { says, hint } = FAILURES[code];
    expect(says).toMatch(/^[A-Z{].+[.?]$/s);
    expect(hint).toMatch(/^[A-Z`{].+\.$/s);
  });

  test('has no code that nothing can raise', async () => {
    const sources = (await sourceFiles()).filter(
      (file) =>
        !file.startsWith('packages/contract/src/failures/') &&
        !/\.test\.tsx?$/.test(file) &&
        // Operations only name the codes that others raise.
        /^packages\/(?!contract\/src\/operations\/)/.test(file),
    );
    const text = (await Promise.all(sources.map((file) => readFile(join(ROOT, file), 'utf8')))).join('\n');
    expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  test('is what every operation refers to', () => {
    const operations: Operation[] = Object.values(OPERATIONS);
    const named = operations.flatMap(({ failures }) => failures);
    expect(named.filter((code) => !codes.includes(code))).toEqual([]);
  });
});
