import type { Database, EndpointToken } from '../metadata/index.ts';
import { type EndpointMetadata, endpointMetadata } from '../stages/deploy/index.ts';
import {
  closeAborted,
  closeReplaced,
  raiseBackoff,
  resetBackoff,
  withdrawProposal,
} from '../workflows/index.ts';

/** Endpoints as the deployer sees them: each may also be called by the platform. */
export function deployedEndpoints(database: Database, platformTokenHash: string): EndpointMetadata {
  return endpointMetadata(database, {
    platformToken: (name) => platformToken(name, platformTokenHash),
    onRevision: async (stores, name, revision) => {
      if (revision.reason !== 'set') await withdrawProposal(stores, name);
      if (revision.reason === 'promote')
        await resetBackoff(stores, name, `Version ${revision.modelVersion} was promoted.`);
      await closeReplaced(stores, name, revision);
    },
    onAborted: async (stores, name, rollout) => {
      await closeAborted(stores, name, rollout);
      await raiseBackoff(stores, name);
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
