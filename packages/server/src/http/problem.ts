import {
  fail,
  isFailure,
  ownValue,
  type Problem,
  type SlipwayError,
  STATUS_OF_KIND,
} from '@slipway/contract';

/** RFC 9457 problem details of a failure. Details of internal failures stay here. */
export function problemOf(failure: SlipwayError, requestId: string): Problem & { details: unknown } {
  const internal = failure.kind === 'internal';
  return {
    type: `urn:slipway:failure:${failure.code}`,
    title: failure.code,
    status: STATUS_OF_KIND[failure.kind],
    detail: failure.message,
    code: failure.code,
    hint: failure.hint,
    ...(failure.path === undefined ? {} : { path: failure.path }),
    details: internal ? {} : failure.details,
    requestId,
  };
}

/** Makes a catalogued failure of anything thrown; what we do not know becomes `internal` with its cause kept for the log. */
export function asFailure(thrown: unknown): SlipwayError {
  if (isFailure(thrown)) return thrown;
  const known = fastifyFailure(thrown);
  return known ?? fail('internal', {}, { cause: thrown });
}

type FastifyProblem = { code: string; statusCode?: number; message: string };

const OF_FASTIFY: Record<string, (error: FastifyProblem) => SlipwayError> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (error) =>
    fail('request.unsupported-media', {
      contentType: error.message.replace(/^Unsupported Media Type:?\s*/, '') || 'none',
    }),
  FST_ERR_BAD_URL: () => fail('request.invalid', { reason: 'the path is not valid' }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => fail('request.invalid', { reason: 'Content-Length is wrong' }),
};

function fastifyFailure(thrown: unknown): SlipwayError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (!('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  const known = ownValue(OF_FASTIFY, thrown.code);
  if (known !== undefined) return known(thrown as Error & FastifyProblem);
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
  return status >= 400 && status < 500 ? fail('request.invalid', { reason: thrown.message }) : undefined;
}
