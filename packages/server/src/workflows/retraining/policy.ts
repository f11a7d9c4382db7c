import { type RetrainPolicy, retrainPolicySchema } from '@slipway/contract';
import type { Endpoint } from '../../metadata/index.ts';

/** What an endpoint does by itself when nobody said otherwise: it tells, and a person decides. */
export const DEFAULT_POLICY: RetrainPolicy = retrainPolicySchema.parse({ mode: 'off' });

export function policyOf(endpoint: Pick<Endpoint, 'policy'>): RetrainPolicy {
  const parsed = retrainPolicySchema.safeParse(endpoint.policy);
  return parsed.success ? parsed.data : DEFAULT_POLICY;
}
