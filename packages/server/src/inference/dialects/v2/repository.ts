import { fail } from '@slipway/contract';
import type { Call } from '../../call.ts';

/**
 * What a token for predictions may do with a model: ask that one be loaded which is. What is served is the control
 * plane's to say, which checks people's rights and keeps a record. Throws `endpoint.not-ready`.
 */
export function checkLoaded({ endpoint }: Pick<Call, 'endpoint'>): void {
  const { name, serving } = endpoint!;
  if (serving === undefined || serving.routes.length === 0) throw fail('endpoint.not-ready', { name });
}

/** Throws `access.forbidden`. */
export function refuseUnload(): never {
  throw fail('access.forbidden', {
    permission: 'unload models; endpoints are changed through the control plane',
  });
}
