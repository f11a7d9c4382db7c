import { type FailureKind, fail, isFailure, type SlipwayError, STATUS_OF_KIND } from '@slipway/contract';

/** In whose words a failure is told: problem+json, or the `{"error"}` of the Open Inference Protocol. */
export type Dialect = 'slipway' | 'v2';

type Answer = { status: number; contentType: string; body: string };

/** The protocol knows one status for every fault of the request's content. */
const V2_STATUS: Partial<Record<FailureKind, number>> = { unprocessable: 400, unsupported: 400 };

/** The failure that anything thrown stands for; what we do not know becomes `internal`, its cause kept for the log. */
export function asFailure(thrown: unknown): SlipwayError {
  return isFailure(thrown) ? thrown : fail('internal', {}, { cause: thrown });
}

/** A failure as an answer in `dialect`. Details of internal failures are kept from the caller. */
export function failureAnswer(failure: SlipwayError, dialect: Dialect, requestId: string): Answer {
  return dialect === 'v2' ? v2Error(failure) : problem(failure, requestId);
}

function problem(failure: SlipwayError, requestId: string): Answer {
  const status = STATUS_OF_KIND[failure.kind];
  const body = JSON.stringify({
    type: `urn:slipway:failure:${failure.code}`,
    title: failure.code,
    status,
    detail: failure.message,
    code: failure.code,
    hint: failure.hint,
    path: failure.path,
    details: failure.kind === 'internal' ? {} : failure.details,
    requestId,
  });
  return { status, contentType: 'application/problem+json', body };
}

function v2Error(failure: SlipwayError): Answer {
  const where = failure.path === undefined ? '' : ` (${failure.path})`;
  const status = V2_STATUS[failure.kind] ?? STATUS_OF_KIND[failure.kind];
  const body = JSON.stringify({ error: `${failure.message}${where} ${failure.hint}` });
  return { status, contentType: 'application/json', body };
}
