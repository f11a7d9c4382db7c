import type {
  Database,
  EndpointRollout,
  EndpointToken,
  NewEndpointRevision,
  Stores,
} from '../../metadata/index.ts';
import type { EndpointMetadata, OpenRollout, RolloutEvent } from './ports.ts';
import { percentOf, type RolloutState, restoredRollout } from './rollout/rollout-state.ts';

export type MetadataOptions = {
  /** By which the platform itself may call every endpoint. */
  platformToken?: (endpoint: string) => EndpointToken;
  /** Written in the transaction of every new revision. */
  onRevision?: (stores: Stores, name: string, revision: NewEndpointRevision) => Promise<void>;
  /** Written in the transaction that aborts a rollout, without a new revision. */
  onAborted?: (stores: Stores, name: string, rollout: RolloutState) => Promise<void>;
};

/**
 * The metadata store as deploying sees it: a change, the champion alias, the audit entry and the event that tells of it are one
 * transaction.
 */
export function endpointMetadata(database: Database, options: MetadataOptions = {}): EndpointMetadata {
  const { endpoints, models, rollouts } = database.stores;
  return {
    get: (name) => endpoints.get(name),
    list: () => endpoints.list(),
    current: (name) => endpoints.current(name),
    revisions: (name) => endpoints.revisions(name),
    tokens: async (name) => {
      const own = await endpoints.tokens(name);
      return options.platformToken === undefined ? own : [...own, options.platformToken(name)];
    },
    bundleOf: async (model, version) => (await models.version(model, version)).bundleId,
    addRevision: (name, revision, expected, ended) =>
      database.transaction(async (stores) => {
        const endpoint = await stores.endpoints.get(name);
        const added = await stores.endpoints.addRevision(name, revision, expected);
        const move = await stores.models.moveAlias(endpoint.model, 'champion', revision.modelVersion);
        const details = { from: move.from, to: move.to, revision: added.revision };
        await tell(stores, revision.by, revision.reason, name, details);
        if (ended !== undefined) await keepEnd(stores, ended, revision.by);
        await options.onRevision?.(stores, name, revision);
        return added;
      }),
    openRollout: async (name) => opened(await rollouts.current(name)),
    openRollouts: async () => (await rollouts.allOpen()).map((row) => opened(row)!),
    beginRollout: (name, rollout) =>
      database.transaction(async (stores) => {
        const row = await stores.rollouts.open(name, rollout);
        await tell(stores, rollout.by, 'rollout.begin', name, detailsOf(opened(row)!));
        return opened(row)!;
      }),
    keepRollout: (kept, event) =>
      database.transaction(async (stores) => {
        const { id, endpoint, rollout } = kept;
        const row = await stores.rollouts.save(id, { state: rollout.state, document: rollout });
        if (row === undefined || event === undefined) return;
        await tellRollout(stores, kept, endpoint, event);
        if (event.what === 'abort') await options.onAborted?.(stores, endpoint, rollout);
      }),
    setPaused: (name, isPaused, by) =>
      database.transaction(async (stores) => {
        const before = await stores.endpoints.get(name);
        if ((before.pausedAt !== null) === isPaused) return before;
        const after = await stores.endpoints.setPaused(name, isPaused);
        await tell(stores, by, isPaused ? 'pause' : 'resume', name, {});
        return after;
      }),
    remove: (name, by) =>
      database.transaction(async (stores) => {
        const { model } = await stores.endpoints.get(name);
        const gone = await stores.endpoints.remove(name);
        const reason = 'The endpoint was deleted.';
        for (const { key, version } of await stores.alerts.list({
          endpoint: name,
          state: 'open',
          limit: 1000,
        }))
          await stores.alerts.resolve(name, key, { version, reason });
        await stores.monitoringRuns.remove(name);
        await tell(stores, by, 'delete', name, { model, tokens: gone.tokens });
        return gone;
      }),
  };
}

async function tell(stores: Stores, who: string, what: string, subject: string, details: object) {
  await stores.outbox.add({ topic: `endpoint.${what}`, subject, payload: details });
  await stores.audit.append({ who, what: `endpoints.${what}`, subject, details: { ...details } });
}

function tellRollout(stores: Stores, kept: OpenRollout, endpoint: string, { what, by }: RolloutEvent) {
  return tell(stores, by, `rollout.${what}`, endpoint, detailsOf(kept));
}

async function keepEnd(stores: Stores, ended: OpenRollout, by: string): Promise<void> {
  const { id, endpoint, rollout } = ended;
  await stores.rollouts.save(id, { state: rollout.state, document: rollout });
  await tell(
    stores,
    by,
    `rollout.${rollout.state === 'done' ? 'done' : 'abort'}`,
    endpoint,
    detailsOf(ended),
  );
}

function detailsOf({ id, rollout }: OpenRollout) {
  const { version, former, plan, says } = rollout;
  const percent = percentOf(rollout);
  return { rollout: id, strategy: plan.strategy, version, former: former.version, percent, says };
}

function opened(row: EndpointRollout): OpenRollout;
function opened(row: EndpointRollout | undefined): OpenRollout | undefined;
function opened(row: EndpointRollout | undefined): OpenRollout | undefined {
  return (
    row && { id: row.id, endpoint: row.endpoint, rollout: restoredRollout(row.document as RolloutState) }
  );
}
