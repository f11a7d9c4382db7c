import {
  type FailureData,
  fail,
  failureFrom,
  type PredictRequest,
  type PredictResponse,
} from '@slipway/contract';
import type { JobPorts } from './job-ports.ts';

/** Asks an endpoint of the data plane as the platform. Throws what it answers, and `endpoint.not-ready` where that is no failure. */
export async function askEndpoint(
  url: string,
  { platformToken }: Pick<JobPorts, 'platformToken'>,
  body: Omit<PredictRequest, 'rows'> & { rows?: readonly Record<string, unknown>[] },
  signal: AbortSignal,
): Promise<PredictResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${platformToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer as PredictResponse;
  const problem = answer as FailureData & { detail: string };
  if (typeof problem.code !== 'string') throw fail('endpoint.not-ready', { name: url });
  throw failureFrom({ ...problem, message: problem.detail, details: problem.details ?? {} });
}
