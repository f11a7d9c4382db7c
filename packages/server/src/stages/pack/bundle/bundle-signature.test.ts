import { expect, it } from 'vitest';
import { signedHashes } from './bundle-signature.ts';

const hash = 'a'.repeat(64);
const subject = [{ name: 'slipway.json', digest: { sha256: hash } }];
const statement = { predicateType: 'urn:slipway:bundle:1', subject };

function signature(payload: unknown, change: object = {}): Uint8Array {
  const envelope = {
    payload: Buffer.from(JSON.stringify(payload)).toString('base64'),
    payloadType: 'application/vnd.in-toto+json',
    signatures: [{ keyid: 'a', sig: 'b' }],
    ...change,
  };
  return Buffer.from(JSON.stringify(envelope));
}

it('names the hashes of the files', () => {
  expect(signedHashes(signature(statement))).toEqual(new Map([['slipway.json', hash]]));
});

it.each<[string, Uint8Array]>([
  ['no object', Buffer.from('null')],
  ['signatures that are none', signature(statement, { signatures: [null] })],
  ['a statement that is none', signature(null)],
  ['files that are no list', signature({ ...statement, subject: { slipway: 1 } })],
  ['a file that is none', signature({ ...statement, subject: [null] })],
  ['a file without a hash', signature({ ...statement, subject: [{ name: 'slipway.json' }] })],
])('is refused with %s', (_, bytes) => {
  expect(() => signedHashes(bytes)).toThrow(expect.objectContaining({ code: 'bundle.invalid' }));
});
