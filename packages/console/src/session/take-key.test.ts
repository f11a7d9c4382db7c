import { describe, expect, test } from 'vitest';
import { keyInFragment, takeKey } from './take-key.ts';

describe('takeKey', () => {
  test('a link with a key keeps the key for the tab and takes it out of the address', () => {
    const { kept, shown, history } = tab();
    const place = { pathname: '/journeys/jrn_1', search: '?stage=train', hash: '#key=sk_abc' };
    expect(takeKey(place, history, kept)).toBe('sk_abc');
    expect(shown()).toBe('/journeys/jrn_1?stage=train');
    expect(takeKey({ ...place, hash: '' }, history, kept)).toBe('sk_abc');
  });

  test('a key in a link replaces the one kept before', () => {
    const { kept, history } = tab({ 'slipway.key': 'old' });
    expect(takeKey({ pathname: '/', search: '', hash: '#key=new' }, history, kept)).toBe('new');
  });

  test('an address without a key is left as it is', () => {
    const { kept, shown, history } = tab();
    expect(takeKey({ pathname: '/', search: '', hash: '#other=1' }, history, kept)).toBeNull();
    expect(shown()).toBeNull();
  });

  test('an empty key is no key', () => {
    expect(keyInFragment('#key=')).toBeNull();
    expect(keyInFragment('#key=%20')).toBeNull();
  });
});

function tab(entries: Record<string, string> = {}) {
  const held = new Map(Object.entries(entries));
  let address: string | null = null;
  const kept = {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => void held.set(name, value),
  } as Storage;
  const history = {
    replaceState: (_state: unknown, _title: string, url?: string | URL | null) => {
      address = String(url);
    },
  };
  return { kept, history, shown: () => address };
}
