import type { Database, EndpointStore } from '../ledger/index.ts';

/**
 * The store as the deployer sees it: a revision, the champion alias, the audit entry and the event that tells of it are
 * one transaction.
 */
export function recordedPromotions(database: Database): Pick<EndpointStore, 'addRevision'> {
  return {
    addRevision: (name, revision, expected) =>
      database.transaction(async ({ endpoints, models, audit, outbox }) => {
        const endpoint = await endpoints.get(name);
        const added = await endpoints.addRevision(name, revision, expected);
        const move = await models.moveAlias(endpoint.model, 'champion', revision.modelVersion);
        const details = { from: move.from, to: move.to, revision: added.revision };
        await audit.append({
          who: revision.by,
          what: `endpoints.${revision.reason}`,
          subject: name,
          details,
        });
        await outbox.add({ topic: `endpoint.${revision.reason}`, subject: name, payload: details });
        return added;
      }),
  };
}
