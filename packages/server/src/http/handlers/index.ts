import type { Handlers } from '../handler-types.ts';
import { accessHandlers } from './access.ts';
import type { App } from './app.ts';
import { batchHandlers } from './batches.ts';
import { dataHandlers } from './data.ts';
import { deploymentHandlers } from './deployments.ts';
import { endpointHandlers } from './endpoints.ts';
import { eventHandlers } from './events.ts';
import { journeyHandlers } from './journeys.ts';
import { labelHandlers } from './labelling.ts';
import { modelHandlers } from './models.ts';
import { systemHandlers } from './system.ts';

/** The handler of every operation. */
export function handlersOf(app: App): Handlers {
  return {
    ...systemHandlers(app),
    ...eventHandlers(app),
    ...accessHandlers(app),
    ...dataHandlers(app),
    ...labelHandlers(app),
    ...journeyHandlers(app),
    ...modelHandlers(app),
    ...endpointHandlers(app),
    ...deploymentHandlers(app),
    ...batchHandlers(app),
  };
}
