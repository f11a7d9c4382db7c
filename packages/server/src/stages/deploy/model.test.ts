import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndpointRevision } from '../../metadata/index.ts';
import { formerRevision, servingStack } from './model.ts';

/** `3` deploys or promotes version 3, `back` rolls back; the versions that rollbacks put back are worked out. */
function history(...moves: (number | 'back')[]): EndpointRevision[] {
  const revisions: EndpointRevision[] = [];
  for (const move of moves) {
    const back = move === 'back';
    revisions.push({
      endpoint: 'churn',
      revision: revisions.length + 1,
      modelVersion: back ? formerRevision(revisions)!.modelVersion : move,
      bundleId: '',
      spec: null,
      reason: back ? 'rollback' : revisions.length === 0 ? 'deploy' : 'promote',
      by: 'someone',
      createdAt: '',
    });
  }
  return revisions;
}

const versionsOf = (...moves: (number | 'back')[]) =>
  servingStack(history(...moves)).map((revision) => revision.modelVersion);

describe('the history of an endpoint', () => {
  it('lays promotions over one another and takes them away again', () => {
    expect(versionsOf()).toEqual([]);
    expect(versionsOf(1)).toEqual([1]);
    expect(versionsOf(1, 2, 3)).toEqual([1, 2, 3]);
    expect(versionsOf(1, 2, 3, 'back')).toEqual([1, 2]);
    expect(versionsOf(1, 2, 3, 'back', 'back')).toEqual([1]);
    expect(versionsOf(1, 2, 'back', 4, 'back')).toEqual([1]);
    expect(versionsOf(1, 2, 'back', 4)).toEqual([1, 4]);
  });

  it('has no former version at its beginning', () => {
    expect(formerRevision(history())).toBeUndefined();
    expect(formerRevision(history(1))).toBeUndefined();
    expect(formerRevision(history(1, 2, 'back'))).toBeUndefined();
  });

  it('ends with the version that its last revision serves, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (wishes) => {
        const moves: (number | 'back')[] = [1];
        for (const [i, back] of wishes.entries()) {
          const canGoBack = formerRevision(history(...moves)) !== undefined;
          moves.push(back && canGoBack ? 'back' : i + 2);
        }
        const revisions = history(...moves);
        expect(servingStack(revisions).at(-1)!.modelVersion).toBe(revisions.at(-1)!.modelVersion);
      }),
    );
  });
});
