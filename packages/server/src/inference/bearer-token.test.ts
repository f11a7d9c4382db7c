import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkToken } from './bearer-token.ts';
import type { LiveEndpoint } from './live-endpoint.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

function endpoint(name: string, ...tokens: string[]): LiveEndpoint {
  return { name, tokens: tokens.map(hashOf) } as unknown as LiveEndpoint;
}

describe('the bearer of a token', () => {
  const churn = endpoint('churn', 'right');
  const prices = endpoint('prices', 'other');
  const check = (header: string | undefined) => checkToken(churn, header, [churn, prices]);
  const refused = (code: string) => expect.objectContaining({ code });

  it('passes again and again, and a wrong one never does', () => {
    for (let time = 0; time < 3; time++) {
      expect(check('Bearer right')).toEqual({ tokenHash: hashOf('right'), isProbe: false });
      expect(check('bearer  right ')).toEqual({ tokenHash: hashOf('right'), isProbe: false });
      for (const wrong of [
        undefined,
        '',
        'right',
        'Basic right',
        'Bearer wrong',
        `Bearer ${'x'.repeat(1000)}`,
      ])
        expect(() => check(wrong)).toThrow(refused('access.unauthenticated'));
      expect(() => check('Bearer other')).toThrow(refused('access.forbidden'));
    }
  });

  it('is known after any number of others, and no longer once its token is gone', () => {
    for (let guess = 0; guess < 1000; guess++)
      expect(() => check(`Bearer guess-${guess}`)).toThrow(refused('access.unauthenticated'));
    expect(check('Bearer right').isProbe).toBe(false);
    const revoked = endpoint('churn', 'newer');
    expect(() => checkToken(revoked, 'Bearer right', [revoked])).toThrow(refused('access.unauthenticated'));
  });
});
