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
export function asFailure(thrown: unknown, limits: Limits = { limitBytes: 0 }): SlipwayError {
  if (isFailure(thrown)) return thrown;
  const known = fastifyFailure(thrown, limits);
  return known ?? fail('internal', {}, { cause: thrown });
}

type Limits = { limitBytes: number };
type FastifyProblem = { code: string; statusCode?: number; message: string };

const OF_FASTIFY: Record<string, (error: FastifyProblem, limits: Limits) => SlipwayError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: (_error, { limitBytes }) => fail('request.too-large', { limitBytes }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (error) =>
    fail('request.unsupported-media', {
      contentType: error.message.replace(/^Unsupported Media Type:?\s*/, '') || 'none',
    }),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => fail('request.bad-json', { reason: 'the body is empty' }),
  FST_ERR_CTP_INVALID_JSON_BODY: () => fail('request.bad-json', { reason: 'it does not parse' }),
  FST_ERR_BAD_URL: () => fail('request.invalid', { reason: 'the path is not valid' }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => fail('request.invalid', { reason: 'Content-Length is wrong' }),
};

function fastifyFailure(thrown: unknown, limits: Limits): SlipwayError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown instanceof SyntaxError && 'statusCode' in thrown)
    return fail('request.bad-json', { reason: thrown.message });
  if (!('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  const known = ownValue(OF_FASTIFY, thrown.code);
  if (known !== undefined) return known(thrown as Error & FastifyProblem, limits);
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
  return status >= 400 && status < 500 ? fail('request.invalid', { reason: thrown.message }) : undefined;
}
