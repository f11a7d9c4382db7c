import {
  fail,
  failureFrom,
  isFailure,
  type Problem,
  problemSchema,
  type SlipwayError,
} from '@slipway/contract';

/** The JSON of an answer. Throws `server.strange` when it is none, `server.unreachable` when it breaks off. */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text().catch(unreachable(response.url));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail('server.strange', { url: originOf(response.url), reason: 'it answered no JSON' }, { cause });
  }
}

/** The failure that a server told, with its code, path and hint, and the request id among the details. */
export async function failureOf(response: Response): Promise<SlipwayError> {
  const problem = problemOf(await response.text().catch(unreachable(response.url)));
  if (problem === undefined) {
    const reason = `it answered with status ${response.status} and no problem details`;
    return fail('server.strange', { url: originOf(response.url), reason });
  }
  const { detail, requestId } = problem;
  const details = { ...(problem.details as SlipwayError['details']), requestId };
  return failureFrom({ ...problem, message: detail, details });
}

/** A code that is unknown here is taken too: {@link failureFrom} knows what to do with it. */
const toldSchema = problemSchema.extend({ code: problemSchema.shape.title });

function problemOf(text: string): Problem | undefined {
  try {
    return toldSchema.parse(JSON.parse(text)) as Problem;
  } catch {
    return undefined;
  }
}

/**
 * Turns what fetch throws into `server.unreachable`, or `server.untrusted` where the certificate is why; an abort of the
 * caller's stays what it is, and so does a failure of the caller's body.
 */
export function unreachable(url: string): (cause: unknown) => never {
  return (cause) => {
    if (isFailure(cause)) throw cause;
    if (cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError')) throw cause;
    const reason = doubtOf(cause);
    if (reason !== undefined) throw fail('server.untrusted', { url: originOf(url), reason }, { cause });
    throw fail('server.unreachable', { url: originOf(url) }, { cause });
  };
}

/** What is wrong with the certificate, by the codes of OpenSSL and of Node. */
function doubtOf(thrown: unknown): string | undefined {
  const cause = thrown instanceof Error ? (thrown.cause as { code?: unknown; message?: string }) : undefined;
  const isDoubt = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(String(cause?.code));
  return isDoubt ? cause?.message : undefined;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
