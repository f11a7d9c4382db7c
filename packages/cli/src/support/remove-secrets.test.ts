import { describe, expect, it } from 'vitest';
import { removeSecrets } from './remove-secrets.ts';

describe('removing secrets', () => {
  const key = `slip_${'a1B2-_'.repeat(7)}z`;

  it.each([
    ['a key of Slipway', `key ${key} refused`, key],
    ['a bearer token', 'authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
    ['the password in an address', 'postgres://slipway:hunter22@db/slipway', 'hunter22'],
    ['a value beside a telling name in JSON', '{"dbPassword":"correct horse"}', 'correct horse'],
    ['a value beside a telling name in an address', 'GET /x?api_key=q9w8e7&page=2', 'q9w8e7'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----', 'MIIabc'],
    ['an access key', 'id AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ])('removes %s', (_, text, secret) => {
    expect(removeSecrets(text, [])).not.toContain(secret);
  });

  it('removes what is known by its value, as it is, in JSON and in an address', () => {
    const known = 'p"a/ss w';
    const text = `${known} ${JSON.stringify({ x: known })} ${encodeURIComponent(known)}`;
    expect(removeSecrets(text, [known, ''])).toBe('[removed] {"x":"[removed]"} [removed]');
  });

  it('leaves the rest of a log as it was', () => {
    const line =
      '{"level":"info","time":"2026-11-30T05:00:00Z","msg":"candidate job_123: 12 rows, port 7400"}';
    expect(removeSecrets(line, [])).toBe(line);
  });
});
