import { loopbackUnproxied } from '@slipway/contract';

type NodeProcess = { env: Record<string, string | undefined>; execArgv: readonly string[] };

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * With `NODE_USE_ENV_PROXY` or `--use-env-proxy` Node's fetch sends calls to this machine to `HTTP_PROXY` as well, where nothing answers
 * them. It reads `NO_PROXY` at each call, so the names of this machine are added there before the first one. Elsewhere this does nothing.
 */
export function spareLoopback(url: string, { process } = globalThis as { process?: NodeProcess }): void {
  if (process === undefined || !followsProxy(process) || !isLoopback(url)) return;
  const { no_proxy, NO_PROXY } = process.env;
  const wanted = loopbackUnproxied({ no_proxy, NO_PROXY });
  if (wanted.no_proxy === no_proxy && wanted.NO_PROXY === NO_PROXY) return;
  Object.assign(process.env, wanted);
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname);
}

function followsProxy({ env, execArgv }: NodeProcess): boolean {
  const { NODE_USE_ENV_PROXY, NODE_OPTIONS = '' } = env;
  if (NODE_USE_ENV_PROXY !== undefined && NODE_USE_ENV_PROXY !== '') return true;
  return [...execArgv, ...NODE_OPTIONS.split(/\s+/)].includes('--use-env-proxy');
}
