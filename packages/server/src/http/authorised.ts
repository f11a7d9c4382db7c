import { fail, type Permission } from '@slipway/contract';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './handler-types.ts';

/** Who the bearer is; throws `access.unauthenticated`. */
export type Authenticate = (bearer: string | undefined) => Promise<Caller>;

/** The caller behind a request, who may do this. Throws `access.unauthenticated`, `access.forbidden`. */
export async function authorised(
  request: FastifyRequest,
  permission: Permission,
  options: { authenticate: Authenticate },
): Promise<Caller> {
  const caller = await options.authenticate(bearerOf(request.headers.authorization));
  if (!caller.permissions.has(permission)) throw fail('access.forbidden', { permission });
  return caller;
}

/** RFC 9110 §11.1: the scheme's case does not matter. */
function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
