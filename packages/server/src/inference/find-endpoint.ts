import { fail } from '@slipway/contract';
import { checkAnyToken, checkToken } from './bearer-token.ts';
import type { Call } from './call.ts';
import type { InferenceContext } from './context.ts';
import type { LiveEndpoint } from './live-endpoint.ts';

/**
 * The endpoint of a name that a caller gave. Throws `endpoint.missing`, but only to a caller with some token, and
 * `endpoint.not-ready` while it is not known yet.
 */
export function endpointNamed(
  context: InferenceContext,
  name: string,
  authorization: string | undefined,
): LiveEndpoint {
  const endpoint = context.live.get(name);
  if (endpoint !== undefined) return endpoint;
  refuseWhileStarting(context, name);
  checkAnyToken(authorization, context.live.values());
  throw fail('endpoint.missing', { name: name.slice(0, 63) });
}

/** Before the first table nobody knows what there is: callers are to come back. Throws `endpoint.not-ready`. */
export function refuseWhileStarting({ phase }: InferenceContext, name: string): void {
  if (phase === 'starting') throw fail('endpoint.not-ready', { name: name.slice(0, 63) });
}

/** Makes the call one about the endpoint, if its token may. Throws what {@link checkToken} throws. */
export function admitCaller(
  context: InferenceContext,
  call: Call,
  endpoint: LiveEndpoint,
  authorization: string | undefined,
): void {
  call.endpoint = endpoint;
  call.caller = checkToken(endpoint, authorization, context.live.values());
  call.metrics = endpoint.metrics;
}
