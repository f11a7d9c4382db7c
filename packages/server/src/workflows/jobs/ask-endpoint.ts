import {
  type FailureData,
  fail,
  failureFrom,
  type PredictRequest,
  type PredictResponse,
} from '@slipway/contract';
import { exactJson, parseExactJson } from '../../kernel/index.ts';
import type { JobPorts } from './job-ports.ts';

/** Asks an endpoint of the data plane as the platform. Throws what it answers, and `endpoint.not-ready` where that is no failure. */
export async function askEndpoint(
  url: string,
  { platformToken, post }: Pick<JobPorts, 'platformToken' | 'post'>,
  body: Omit<PredictRequest, 'rows'> & { rows?: readonly Record<string, unknown>[] },
  signal: AbortSignal,
): Promise<PredictResponse> {
  const { ok, text } = await post(url, {
    headers: { authorization: `Bearer ${platformToken}`, 'content-type': 'application/json' },
    body: exactJson(body),
    signal,
  });
  // Whole numbers keep their digits: those beyond 2^53 are bigint, which the types do not say.
  const answer: unknown = parseExactJson(text);
  if (ok) return answer as PredictResponse;
  const problem = answer as FailureData & { detail: string };
  if (typeof problem.code !== 'string') throw fail('endpoint.not-ready', { name: url });
  throw failureFrom({ ...problem, message: problem.detail, details: problem.details ?? {} });
}
