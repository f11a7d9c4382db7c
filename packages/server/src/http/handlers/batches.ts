import { fail } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import { startBatch } from '../../workflows/index.ts';
import type { Caller, Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import {
  batchView,
  maySeeBatch,
  refuseCancelling,
  refuseOthersBatch,
  refuseOthersRows,
} from './batch-views.ts';
import { demand } from './demand.ts';
import { artifact, cancelLooseJob } from './pipeline-runs.ts';

type BatchHandlers = Pick<Handlers, Extract<keyof Handlers, `batches.${string}`>>;

/** Jobs that are looked through for the caller's own. */
const MOST_LISTED = 500;

export function batchHandlers(app: App): BatchHandlers {
  const { database } = app;
  const { jobs, endpoints } = database.stores;
  const find = async (id: string, caller: Caller): Promise<Job> => {
    const job = await jobs.get(id);
    if (job.kind !== 'batch') throw fail('job.missing', { id });
    refuseOthersBatch(job, caller);
    return job;
  };
  return {
    'batches.start': async ({ body }, { caller, requestId }) => {
      if (body.dataset !== undefined) demand(caller!, 'datasets:read');
      const isServed = body.version === undefined && (await endpoints.find(body.model)) !== undefined;
      if (!isServed) demand(caller!, 'models:read');
      const ask = { ...body, by: caller!.name, callerId: caller!.id, requestId };
      const job = await database.transaction((stores) => startBatch(stores, ask));
      app.pipelineRuns.wakeWorkers();
      return batchView(job);
    },
    'batches.list': async ({ query }, { caller }) => {
      const all = await jobs.list({ kind: 'batch', limit: MOST_LISTED });
      const seen = all.filter((job) => maySeeBatch(job, caller!));
      return { batches: seen.slice(0, query.limit).map(batchView) };
    },
    'batches.get': async ({ params }, { caller }) => batchView(await find(params.id, caller!)),
    'batches.result': async ({ params }, { caller }) => {
      const job = await find(params.id, caller!);
      refuseOthersRows(job, caller!);
      return artifact(app, job);
    },
    'batches.cancel': async ({ params }, { caller, requestId }) => {
      refuseCancelling(await find(params.id, caller!), caller!);
      await cancelLooseJob(app, params.id, { by: caller!.name, requestId });
      return batchView(await jobs.get(params.id));
    },
  };
}
