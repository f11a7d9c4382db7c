import type { DeclaredSpec } from '@slipway/contract';
import type { EndpointRevision, EndpointRollout } from '../../metadata/index.ts';
import { onlyVersion, type RolloutState, rolloutView, specOf } from '../../stages/deploy/index.ts';
import { takesTensors } from '../../stages/pack/index.ts';
import {
  declareEndpoint,
  deployVersion,
  monitoringOf,
  promoteVersion,
  removeEndpoint,
  servingEndpoint,
} from '../../workflows/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { endpointView } from './endpoint-view.ts';
import { batchingView } from './views.ts';

type DeploymentHandlers = Pick<
  Handlers,
  | 'endpoints.deploy'
  | 'endpoints.promote'
  | 'endpoints.rollback'
  | 'endpoints.spec'
  | 'endpoints.setSpec'
  | 'endpoints.rollouts'
  | 'endpoints.pause'
  | 'endpoints.resume'
  | 'endpoints.delete'
>;

/** What endpoints serve: declared, rolled out, promoted, rolled back, paused and removed. */
export function deploymentHandlers(app: App): DeploymentHandlers {
  const { pipelineRuns } = app;
  const { stores } = app.database;
  const { deployer } = pipelineRuns;
  return {
    'endpoints.deploy': async ({ body }, { caller }) => {
      const { model, version, endpoint, rollout: plan } = body;
      const name = await deployVersion(pipelineRuns, { model, version, endpoint, plan, by: caller!.name });
      return endpointView(app, name);
    },
    'endpoints.promote': async ({ params: { name }, body: { version } }, { caller }) => {
      await promoteVersion(pipelineRuns, { name, version, by: caller!.name });
      return endpointView(app, name);
    },
    'endpoints.rollback': async ({ params: { name } }, { caller }) => {
      await deployer.rollback(name, caller!.name);
      return endpointView(app, name);
    },
    'endpoints.spec': async ({ params: { name } }) => {
      const { endpoint, revision } = await servingEndpoint(stores, name);
      const spec = await declaredSpec(app, endpoint.model, revision);
      return { revision: revision.revision, spec: { ...spec, monitoring: monitoringOf(endpoint) } };
    },
    'endpoints.setSpec': async ({ params: { name }, body }, { caller }) => {
      const done = await declareEndpoint(pipelineRuns, { name, spec: body, by: caller!.name });
      const { revision, changed, spec, notes } = done;
      const open = await stores.rollouts.current(name);
      return {
        revision: revision.revision,
        changed,
        spec,
        notes,
        rollout: open === undefined ? null : viewOf(open),
        batching: batchingView(spec.batching, await app.bundles.manifest(revision.bundleId)),
      };
    },
    'endpoints.rollouts': async ({ params: { name }, query: { limit } }) => {
      await stores.endpoints.get(name);
      return { rollouts: (await stores.rollouts.list(name, limit)).map(viewOf) };
    },
    'endpoints.pause': async ({ params: { name } }, { caller }) => {
      await deployer.setPaused(name, true, caller!.name);
      return endpointView(app, name);
    },
    'endpoints.resume': async ({ params: { name } }, { caller }) => {
      await deployer.setPaused(name, false, caller!.name);
      return endpointView(app, name);
    },
    'endpoints.delete': async ({ params: { name } }, { caller }) => {
      const { tokens } = await removeEndpoint(pipelineRuns, { name, by: caller!.name });
      return { deleted: true, tokens };
    },
  };
}

function viewOf(row: EndpointRollout) {
  return rolloutView(row.id, row.document as RolloutState, row);
}

/** As a user would declare it: by its graph where one graph answers all requests. */
async function declaredSpec(app: App, model: string, revision: EndpointRevision): Promise<DeclaredSpec> {
  const spec = specOf(model, revision);
  if (onlyVersion(spec) === undefined || Object.keys(spec.versions).length > 1) return spec;
  const manifest = await app.bundles.manifest(revision.bundleId);
  if (takesTensors(manifest) || manifest.graph === undefined) return spec;
  const { versions: _, ...rest } = spec;
  return { graph: manifest.graph.graph, ...rest };
}
