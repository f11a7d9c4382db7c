import { type EndpointLedger, endpointLedger } from '../journey/deploy/index.ts';
import type { Database, EndpointToken } from '../ledger/index.ts';
import { resetBackoff, withdrawProposal } from '../pipeline/index.ts';

/** Endpoints as the deployer sees them: each may also be called by the platform. */
export function deployedEndpoints(database: Database, platformTokenHash: string): EndpointLedger {
  return endpointLedger(database, {
    platformToken: (name) => platformToken(name, platformTokenHash),
    onRevision: async (stores, name, { reason }) => {
      if (reason !== 'promote') return;
      await withdrawProposal(stores, name);
      await resetBackoff(stores, name);
    },
  });
}

function platformToken(endpoint: string, hash: string): EndpointToken {
  const never = new Date(0).toISOString();
  return {
    id: 'platform',
    endpoint,
    name: 'platform',
    prefix: '',
    hash,
    limits: { requestsPerSecond: 0, rowsPerDay: 0 },
    createdAt: never,
    lastUsedAt: null,
    revokedAt: null,
  };
}
