import type { Handlers } from '../handler-types.ts';
import { accessHandlers } from './access.ts';
import type { App } from './app.ts';
import { batchHandlers } from './batches.ts';
import { dataHandlers } from './data.ts';
import { deploymentHandlers } from './deployments.ts';
import { endpointHandlers } from './endpoints.ts';
import { eventHandlers } from './events.ts';
import { guarded, objectOwners } from './guarded.ts';
import { labelHandlers } from './labelling.ts';
import { modelHandlers } from './models.ts';
import { pipelineRunHandlers } from './pipeline-runs.ts';
import { storageHandlers } from './storage.ts';
import { systemHandlers } from './system.ts';

/** The handler of every operation, behind the check of the objects that are named. */
export function handlersOf(app: App): Handlers {
  const handlers: Handlers = {
    ...systemHandlers(app),
    ...storageHandlers(app),
    ...eventHandlers(app),
    ...accessHandlers(app),
    ...dataHandlers(app),
    ...labelHandlers(app),
    ...pipelineRunHandlers(app),
    ...modelHandlers(app),
    ...endpointHandlers(app),
    ...deploymentHandlers(app),
    ...batchHandlers(app),
  };
  return guarded(handlers, { owners: objectOwners(app.database.stores), recorder: app.recorder });
}
