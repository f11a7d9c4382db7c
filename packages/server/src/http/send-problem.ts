import type { SlipwayError } from '@slipway/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem.ts';

/** Answers `failure` as problem+json. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, failure: SlipwayError): void {
  reply.send(problemText(reply, request, failure));
}

/** The body of the answer, whose status and headers are set. */
export function problemText(reply: FastifyReply, request: FastifyRequest, failure: SlipwayError): string {
  const problem = problemOf(failure, request.id);
  const { retryAfterSeconds = 1 } = failure.details;
  if (failure.kind === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (failure.kind === 'busy' || failure.kind === 'unavailable')
    reply.header('retry-after', String(retryAfterSeconds));
  reply.code(problem.status).type('application/problem+json');
  return JSON.stringify(problem);
}
