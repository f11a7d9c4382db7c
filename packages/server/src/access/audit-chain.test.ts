import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, auditHash, CHAIN_START, canonicalJson, chainWalker } from './audit-chain.ts';

function chainOf(whats: string[]): AuditEntry[] {
  const chain: AuditEntry[] = [];
  for (const what of whats) {
    const linked = {
      sequence: chain.length + 1,
      at: '2026-01-01T00:00:00.000Z',
      who: 'me',
      principal: chain.length % 2 === 0 ? null : 'key_1',
      what,
      subject: 's',
      requestId: null,
      details: {},
      previousHash: chain.at(-1)?.hash ?? CHAIN_START,
    };
    chain.push({ ...linked, hash: auditHash(linked) });
  }
  return chain;
}

function firstBroken(chain: AuditEntry[]): number | undefined {
  const walker = chainWalker();
  const index = chain.findIndex((entry) => walker.next(entry) !== undefined);
  return index === -1 ? undefined : index;
}

describe('the audit chain', () => {
  it('holds as it was written and breaks at the entry that was changed, whichever and however', () => {
    const fields = fc.constantFrom(
      'at',
      'who',
      'principal',
      'what',
      'subject',
      'requestId',
      'hash',
      'previousHash',
    );
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fields,
        (whats, at, field) => {
          const chain = chainOf(whats);
          expect(firstBroken(chain)).toBeUndefined();
          const index = at % chain.length;
          const other = field.endsWith('ash') ? 'f'.repeat(64) : `${chain[index]![field as 'who']}!`;
          chain[index] = { ...chain[index]!, [field]: other };
          expect(firstBroken(chain)).toBe(index);
        },
      ),
    );
  });

  it('breaks where an entry was taken out', () => {
    const chain = chainOf(['a', 'b', 'c']);
    expect(firstBroken([chain[0]!, chain[2]!])).toBe(1);
    expect(firstBroken(chain.slice(1))).toBe(0);
  });

  it('tells entries apart whose fields only read alike together', () => {
    const [entry] = chainOf(['x']);
    expect(auditHash({ ...entry!, who: 'ab', what: 'c' })).not.toBe(
      auditHash({ ...entry!, who: 'a', what: 'bc' }),
    );
    expect(auditHash({ ...entry!, requestId: null })).not.toBe(auditHash({ ...entry!, requestId: '' }));
  });
});

describe('canonical JSON', () => {
  it('is the same whatever the order of keys, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonicalJson({ b: 1, a: { d: [1, null], c: undefined } })).toBe('{"a":{"d":[1,null]},"b":1}');
  });
});
