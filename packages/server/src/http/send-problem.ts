import type { SlipwayError } from '@slipway/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem.ts';

/** Answers `failure` as problem+json. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, failure: SlipwayError): void {
  const problem = problemOf(failure, request.id);
  if (failure.kind === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (failure.kind === 'busy' || failure.kind === 'unavailable') reply.header('retry-after', '1');
  reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
