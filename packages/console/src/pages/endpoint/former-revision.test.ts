import { expect, test } from 'vitest';
import { formerRevision } from './former-revision.ts';

const revision = (number: number, version: number, reason: string) => ({
  revision: number,
  model: 'churn',
  version,
  reason,
  by: 'owner',
  createdAt: '2026-01-01T00:00:00Z',
});

test('the first deployment has nothing to go back to', () => {
  expect(formerRevision([revision(1, 1, 'deploy')])).toBeNull();
  expect(formerRevision([])).toBeNull();
});

test('a rollback goes to the version under the one that answers, and a second goes one further', () => {
  const promoted = [revision(3, 3, 'promote'), revision(2, 2, 'promote'), revision(1, 1, 'deploy')];
  expect(formerRevision(promoted)?.version).toBe(2);
  const once = [revision(4, 2, 'rollback'), ...promoted];
  expect(formerRevision(once)?.version).toBe(1);
  expect(formerRevision([revision(5, 1, 'rollback'), ...once])).toBeNull();
});
