import { newSecret } from '../access/index.ts';
import type { EndpointStore, EndpointToken } from '../ledger/index.ts';

/**
 * The token by which the platform calls its own endpoints (the probe after a deployment, files to predict). Made anew
 * at each start, kept in memory only.
 */
export function platformToken(): { secret: string; token: (endpoint: string) => EndpointToken } {
  const { secret, prefix, hash } = newSecret('slipi');
  const createdAt = new Date().toISOString();
  return {
    secret,
    token: (endpoint) => ({
      id: 'platform',
      endpoint,
      name: 'platform',
      prefix,
      hash,
      createdAt,
      lastUsedAt: null,
      revokedAt: null,
    }),
  };
}

/** The store as the deployer sees it: every endpoint has the platform's token besides its own. */
export function withPlatformToken(
  store: EndpointStore,
  token: (endpoint: string) => EndpointToken,
): Pick<EndpointStore, 'tokens'> {
  return {
    tokens: async (endpoint) => [
      ...(await store.tokens(endpoint)),
      ...(endpoint === undefined ? [] : [token(endpoint)]),
    ],
  };
}
