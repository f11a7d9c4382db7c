const STORED_AS = 'slipway.key';

type Place = Pick<Location, 'hash' | 'pathname' | 'search'>;

/** The key that a link carries as `#key=…`, or null. The fragment never reaches a server or its logs. */
export function keyInFragment(hash: string): string | null {
  const key = new URLSearchParams(hash.replace(/^#/, '')).get('key');
  return key === null || key.trim() === '' ? null : key.trim();
}

const QUESTION =
  'This link carries another key than the one you are signed in with. Sign in with the key of the link? ' +
  'If somebody sent you the link, cancel: what you do then would be done with their key.';

/**
 * The key to begin with: the one in the link, which is kept for this tab and taken out of the address at once,
 * or the one kept before. A link changes the key of a tab that has another only if the user agrees: else it would be enough
 * to send somebody a link for them to work, and upload data, with a foreign key.
 */
export function takeKey(
  place: Place,
  history: Pick<History, 'replaceState'>,
  kept: Storage,
  agree: (question: string) => boolean,
): string | null {
  const carried = keyInFragment(place.hash);
  const known = kept.getItem(STORED_AS);
  if (carried === null) return known;
  history.replaceState(null, '', place.pathname + place.search);
  if (known !== null && known !== carried && !agree(QUESTION)) return known;
  kept.setItem(STORED_AS, carried);
  return carried;
}

export function keepKey(key: string, kept: Storage): void {
  kept.setItem(STORED_AS, key);
}

export function forgetKey(kept: Storage): void {
  kept.removeItem(STORED_AS);
}
