import type { DeployedEndpoints } from '../journey/deploy/index.ts';
import type { Database, EndpointToken } from '../ledger/index.ts';
import { withdrawProposal } from '../pipeline/index.ts';

/**
 * Endpoints as the deployer sees them: each may also be called by the platform, and a new revision, the champion
 * alias, the audit entry and the event that tells of it are one transaction.
 */
export function deployedEndpoints(database: Database, platformTokenHash: string): DeployedEndpoints {
  const { endpoints } = database.stores;
  return {
    get: (name) => endpoints.get(name),
    list: () => endpoints.list(),
    current: (name) => endpoints.current(name),
    revisions: (name) => endpoints.revisions(name),
    tokens: async (name) => [...(await endpoints.tokens(name)), platformToken(name, platformTokenHash)],
    addRevision: (name, revision, expected) =>
      database.transaction(async (stores) => {
        const endpoint = await stores.endpoints.get(name);
        const added = await stores.endpoints.addRevision(name, revision, expected);
        const move = await stores.models.moveAlias(endpoint.model, 'champion', revision.modelVersion);
        const details = { from: move.from, to: move.to, revision: added.revision };
        await stores.outbox.add({ topic: `endpoint.${revision.reason}`, subject: name, payload: details });
        if (revision.reason === 'promote') await withdrawProposal(stores, name);
        await stores.audit.append({
          who: revision.by,
          what: `endpoints.${revision.reason}`,
          subject: name,
          details,
        });
        return added;
      }),
  };
}

function platformToken(endpoint: string | undefined, hash: string): EndpointToken {
  const never = new Date(0).toISOString();
  return {
    id: 'platform',
    endpoint: endpoint ?? '',
    name: 'platform',
    prefix: '',
    hash,
    limits: { requestsPerSecond: 0, rowsPerDay: 0 },
    createdAt: never,
    lastUsedAt: null,
    revokedAt: null,
  };
}
