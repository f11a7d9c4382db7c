import { fail } from '@slipway/contract';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses requests whose Host names another site: the defence of a loopback server against DNS rebinding.
 * A server that listens on every address accepts loopback names, IP addresses and the configured names.
 */
export function hostChecker(
  listenHost: string,
  allowedHosts: readonly string[],
): (host: string | undefined) => void {
  const names = new Set([
    ...LOOPBACK,
    listenHost.toLowerCase(),
    ...allowedHosts.map((host) => host.toLowerCase()),
  ]);
  return (host) => {
    const name = (host ?? '').toLowerCase().replace(/:\d+$/, '');
    if (names.has(name)) return;
    if (!isLoopback(listenHost) && /^(\d{1,3}\.){3}\d{1,3}$|^\[[0-9a-f:]+\]$/.test(name)) return;
    throw fail('access.foreign-host', { host: name === '' ? '(none)' : name });
  };
}

/** A proxy in front may have looked at the other of two. Throws `request.invalid`. */
export function refuseTwoHosts(rawHeaders: readonly string[]): void {
  const names = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
  if (names.length > 1) throw fail('request.invalid', { reason: 'there is more than one Host header' });
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
