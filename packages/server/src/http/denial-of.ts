import type { SlipwayError } from '@slipway/contract';
import type { FastifyRequest } from 'fastify';
import { Denied } from '../access/index.ts';

/** A call that was refused for want of access, as the audit log has it. */
export type Denial = {
  caller: { id: string; name: string } | null;
  /** The code of the failure, or more than its caller is told. */
  what: string;
  /** `GET /api/v1/keys`, without what the caller chose of it. */
  route: string;
  address: string;
  requestId: string;
  details: Readonly<Record<string, string>>;
};

/** Of a failure that is 401 or 403, or that hides an object of another key. */
export function denialOf(failure: SlipwayError, request: FastifyRequest): Denial | undefined {
  const cause = failure.cause instanceof Denied ? failure.cause : undefined;
  const isDenied = failure.kind === 'unauthenticated' || failure.kind === 'forbidden';
  if (!isDenied && cause === undefined) return undefined;
  const { permission } = failure.details;
  return {
    caller: request.caller ?? null,
    what: cause?.what ?? failure.code,
    route: `${request.method} ${request.routeOptions.url ?? '(no route)'}`,
    address: request.ip,
    requestId: request.id,
    details: { ...cause?.details, ...(typeof permission === 'string' && { permission }) },
  };
}
