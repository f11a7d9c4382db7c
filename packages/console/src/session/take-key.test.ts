import { describe, expect, test } from 'vitest';
import { keyInFragment, takeKey } from './take-key.ts';

describe('takeKey', () => {
  test('a link with a key keeps the key for the tab and takes it out of the address', () => {
    const { kept, shown, history } = tab();
    const place = { pathname: '/pipeline-runs/plr_1', search: '?stage=train', hash: '#key=sk_abc' };
    expect(takeKey(place, history, kept, never)).toBe('sk_abc');
    expect(shown()).toBe('/pipeline-runs/plr_1?stage=train');
    expect(takeKey({ ...place, hash: '' }, history, kept, never)).toBe('sk_abc');
  });

  test('a key in a link replaces another that the tab has only if the user agrees', () => {
    const { kept, shown, history } = tab({ 'slipway.key': 'old' });
    const place = { pathname: '/', search: '', hash: '#key=new' };
    expect(takeKey(place, history, kept, () => false)).toBe('old');
    expect(shown()).toBe('/');
    expect(takeKey({ ...place, hash: '' }, history, kept, never)).toBe('old');
    expect(takeKey(place, history, kept, () => true)).toBe('new');
    expect(takeKey({ ...place, hash: '' }, history, kept, never)).toBe('new');
  });

  test('nothing is asked where the link carries the key that the tab has', () => {
    const { kept, history } = tab({ 'slipway.key': 'same' });
    expect(takeKey({ pathname: '/', search: '', hash: '#key=same' }, history, kept, never)).toBe('same');
  });

  test('an address without a key is left as it is', () => {
    const { kept, shown, history } = tab();
    expect(takeKey({ pathname: '/', search: '', hash: '#other=1' }, history, kept, never)).toBeNull();
    expect(shown()).toBeNull();
  });

  test('an empty key is no key', () => {
    expect(keyInFragment('#key=')).toBeNull();
    expect(keyInFragment('#key=%20')).toBeNull();
  });
});

function never(): boolean {
  throw new Error('the user was asked');
}

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
