import { fail } from '@slipway/contract';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses requests whose Host names another site: the defence of a server on loopback against DNS rebinding.
 * A server that listens elsewhere is called by names it cannot know, and its tokens guard it.
 */
export function hostCheck(
  listenHost: string,
  allowedHosts: readonly string[] = [],
): (host: string | undefined) => void {
  if (!isLoopback(listenHost)) return () => {};
  const names = new Set([...LOOPBACK, listenHost, ...allowedHosts].map((name) => name.toLowerCase()));
  let lastGood: string | undefined;
  return (host) => {
    if (host !== undefined && host === lastGood) return;
    const name = (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
    if (!names.has(name)) throw fail('access.foreign-host', { host: name === '' ? '(none)' : name });
    lastGood = host;
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
