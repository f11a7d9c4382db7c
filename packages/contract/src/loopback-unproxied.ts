const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

export type NoProxy = { no_proxy?: string | undefined; NO_PROXY?: string | undefined };

/**
 * The variables with which Node sends calls to this machine to no proxy, whatever `HTTP_PROXY` says (Node follows that with
 * `NODE_USE_ENV_PROXY`). Those that are set keep what they hold; one that is set alone counts for both, since the lower case goes first.
 */
export function loopbackUnproxied({ no_proxy, NO_PROXY }: NoProxy): { no_proxy: string; NO_PROXY: string } {
  return {
    no_proxy: withLoopback(no_proxy ?? NO_PROXY ?? ''),
    NO_PROXY: withLoopback(NO_PROXY ?? no_proxy ?? ''),
  };
}

function withLoopback(hosts: string): string {
  const given = hosts.split(/[\s,]+/).filter((one) => one !== '');
  const lacking = given.includes('*') ? [] : LOOPBACK.filter((one) => !given.includes(one));
  return [...given, ...lacking].join(',');
}
