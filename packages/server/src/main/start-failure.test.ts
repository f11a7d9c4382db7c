import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { expect, it } from 'vitest';
import { startFailure } from './start-failure.ts';

/** An error as Node makes it. */
function errno(code: string): Error {
  return Object.assign(new Error(`${code}: something, open '/data/x'`), { code, path: '/data/x' });
}

it('tells the operator what to do about what the machine refuses', () => {
  for (const code of ['EACCES', 'EPERM', 'EROFS'])
    expect(startFailure(errno(code))).toMatchObject({
      code: 'storage.unwritable',
      details: { folder: '/data/x' },
    });
  for (const code of ['EMFILE', 'ENFILE']) expect(startFailure(errno(code)).code).toBe('start.too-few-files');
  expect(startFailure(errno('ENOSPC')).code).toBe('storage.full');
  expect(startFailure(new Error('a query failed', { cause: errno('EMFILE') })).code).toBe(
    'start.too-few-files',
  );
});

it('tells anything else in one line, without a stack', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'start-failure-'));
  rmSync(scratch, { recursive: true });
  let thrown: unknown;
  try {
    readdirSync(scratch);
  } catch (error) {
    thrown = error;
  }
  const failure = startFailure(thrown);
  expect(failure.code).toBe('start.failed');
  expect(`${failure.message} ${failure.hint}`).not.toMatch(/\n| {4}at /);
  expect(startFailure('text').message).toContain('text');
  const known = fail('storage.newer');
  expect(startFailure(known)).toBe(known);
});
