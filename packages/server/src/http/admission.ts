import { fail, isFailure, type Permission } from '@slipway/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/index.ts';
import { clientNetwork } from './client-network.ts';
import { failedKeys } from './failed-keys.ts';
import type { Caller } from './handler-types.ts';
import { keyLimits } from './key-limits.ts';
import type { HttpLimits } from './limits.ts';

/** Who the bearer is; throws `access.unauthenticated`. */
export type Authenticate = (bearer: string | undefined) => Promise<Caller>;

/**
 * What lets a request in before its body is read: its caller, who may do this and has not asked too much. Throws
 * `access.locked-out`, `access.unauthenticated`, `access.forbidden`, `request.rate-limited` and `request.too-many-at-once`.
 */
export function admission(
  { authenticate }: { authenticate: Authenticate },
  limits: HttpLimits,
  clock: Clock,
): (request: FastifyRequest, reply: FastifyReply, permission: Permission) => Promise<Caller> {
  const keys = keyLimits(limits, clock);
  const guesses = failedKeys(limits.failedKeysBeforeLockout, clock);
  return async (request, reply, permission) => {
    const bearer = bearerOf(request.headers.authorization);
    const network = clientNetwork(request.raw.socket.remoteAddress);
    if (bearer !== undefined) guesses.refuseLocked(network, bearer);
    const caller = await authenticate(bearer).catch((error: unknown) => {
      if (bearer !== undefined && isFailure(error, 'access.unauthenticated')) guesses.failed(network);
      throw error;
    });
    request.caller = caller; // also of a refusal
    if (bearer !== undefined) guesses.worked(bearer);
    const release = keys.take(caller.id);
    if (reply.raw.closed || reply.raw.destroyed) release();
    else reply.raw.once('close', release);
    if (!caller.permissions.has(permission)) throw fail('access.forbidden', { permission });
    return caller;
  };
}

/** RFC 9110 §11.1: the scheme's case does not matter. */
function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
