import { fail, type PredictResponse } from '@slipway/contract';
import type { ProbeAnswer } from '../workflows/index.ts';

const PROBE_TIMEOUT_MS = 10_000;

/** Sends rows to an endpoint over HTTP, as a caller outside would. Throws `endpoint.not-ready`. */
export async function probeEndpoint(
  url: string,
  name: string,
  token: string,
  rows: readonly unknown[],
): Promise<ProbeAnswer> {
  const begun = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rows }),
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw fail('endpoint.not-ready', { name }, { cause });
  });
  if (!response.ok) throw fail('endpoint.not-ready', { name }, { cause: new Error(await response.text()) });
  const { model, predictions } = (await response.json()) as PredictResponse;
  return {
    version: model.version,
    // A class is text inside Slipway, whatever type it has in answers.
    values: predictions.map(({ value, probabilities }) =>
      typeof value === 'boolean' || probabilities !== undefined ? String(value) : value,
    ),
    milliseconds: performance.now() - begun,
  };
}
