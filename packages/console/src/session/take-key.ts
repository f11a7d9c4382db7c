const STORED_AS = 'slipway.key';

type Place = Pick<Location, 'hash' | 'pathname' | 'search'>;

/** The key that a link carries as `#key=…`, or null. The fragment never reaches a server or its logs. */
export function keyInFragment(hash: string): string | null {
  const key = new URLSearchParams(hash.replace(/^#/, '')).get('key');
  return key === null || key.trim() === '' ? null : key.trim();
}

/**
 * The key to begin with: the one in the link, which is kept for this tab and taken out of the address at once,
 * or the one kept before.
 */
export function takeKey(place: Place, history: Pick<History, 'replaceState'>, kept: Storage): string | null {
  const carried = keyInFragment(place.hash);
  if (carried === null) return kept.getItem(STORED_AS);
  history.replaceState(null, '', place.pathname + place.search);
  kept.setItem(STORED_AS, carried);
  return carried;
}

export function keepKey(key: string, kept: Storage): void {
  kept.setItem(STORED_AS, key);
}

export function forgetKey(kept: Storage): void {
  kept.removeItem(STORED_AS);
}
