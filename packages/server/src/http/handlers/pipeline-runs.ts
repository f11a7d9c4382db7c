import { fail } from '@slipway/contract';
import type { Job, PipelineRunFilter, PipelineRunState } from '../../execution/index.ts';
import {
  acceptRetraining,
  cancelPipelineRun,
  enoughTried,
  pipelineRunView,
  startShip,
  startTrain,
} from '../../workflows/index.ts';
import type { Handlers } from '../handler-types.ts';
import { pause } from '../pause.ts';
import type { App } from './app.ts';
import { refuseOthersRows } from './batch-views.ts';
import { bestFirst, compareRuns } from './compare-runs.ts';
import { refuseTraining } from './refuse-training.ts';
import { jobView, runView } from './views.ts';

type PipelineRunHandlers = Pick<
  Handlers,
  | 'pipelineRuns.ship'
  | 'pipelineRuns.train'
  | 'pipelineRuns.list'
  | 'pipelineRuns.get'
  | 'pipelineRuns.cancel'
  | 'pipelineRuns.accept'
  | 'jobs.list'
  | 'jobs.get'
  | 'jobs.cancel'
  | 'jobs.artifact'
  | 'runs.list'
  | 'runs.get'
  | 'runs.stop'
  | 'runs.compare'
>;

const LONG_POLL_MS = 20_000;
const POLL_MS = 250;

export function pipelineRunHandlers(app: App): PipelineRunHandlers {
  const { stores } = app.database;
  return {
    'pipelineRuns.ship': async ({ body }, { caller, requestId }) => {
      refuseTraining(app);
      const pipelineRun = await startShip(app.database, { ship: body, by: caller!.name, requestId });
      app.pipelineRuns.wakeWorkers();
      return pipelineRunView(pipelineRun);
    },
    'pipelineRuns.train': async ({ body }, { caller, requestId }) => {
      refuseTraining(app);
      const pipelineRun = await startTrain(app.database, { train: body, by: caller!.name, requestId });
      app.pipelineRuns.wakeWorkers();
      return pipelineRunView(pipelineRun);
    },
    'pipelineRuns.list': async ({ query }) => ({
      pipelineRuns: (await stores.pipelineRuns.list(asked(query))).map(pipelineRunView),
    }),
    'pipelineRuns.get': async ({ params, query }, { signal }) => {
      const until = performance.now() + LONG_POLL_MS;
      for (;;) {
        const pipelineRun = await stores.pipelineRuns.get(params.id);
        const tag = String(pipelineRun.changes);
        if (tag !== query.after || performance.now() > until || signal.aborted)
          return { ...pipelineRunView(pipelineRun), tag };
        await pause(POLL_MS, signal);
      }
    },
    'pipelineRuns.cancel': async ({ params }, { caller, requestId }) =>
      pipelineRunView(await cancelPipelineRun(app.pipelineRuns, params.id, { by: caller!.name, requestId })),
    'pipelineRuns.accept': async ({ params, body }, { caller, requestId }) => {
      refuseTraining(app);
      const ask = { ...body, pipelineRunId: params.id, by: caller!.name, requestId };
      const pipelineRun = await acceptRetraining(app.database, ask);
      app.pipelineRuns.wakeWorkers();
      return pipelineRunView(pipelineRun);
    },
    'jobs.list': async ({ query }) => ({
      jobs: (await stores.jobs.list({ limit: query.limit })).map(jobView),
    }),
    'jobs.get': async ({ params }) => jobView(await stores.jobs.get(params.id)),
    'jobs.cancel': async ({ params }, { caller, requestId }) => {
      const { id, pipelineRunId } = await stores.jobs.get(params.id);
      const ask = { by: caller!.name, requestId };
      if (pipelineRunId === null) await cancelLooseJob(app, id, ask);
      else await cancelPipelineRun(app.pipelineRuns, pipelineRunId, ask);
      return jobView(await stores.jobs.get(id));
    },
    'jobs.artifact': async ({ params }, { caller }) => {
      const job = await stores.jobs.get(params.id);
      if (job.kind === 'batch') refuseOthersRows(job, caller!);
      return artifact(app, job);
    },
    'runs.list': async ({ query }) => {
      const runs = await stores.runs.list({ limit: 1000, ...(query.trials ? {} : { parentRunId: null }) });
      const named = query.name === undefined ? runs : runs.filter((run) => run.name === query.name);
      return { runs: named.slice(0, query.limit).map(runView) };
    },
    'runs.get': async ({ params }) => {
      const run = await stores.runs.get(params.id);
      const trials = await stores.runs.list({ parentRunId: run.id, limit: 1000 });
      return {
        ...runView(run),
        curves: run.curves,
        trials: bestFirst(trials).map(runView),
        report: await reportOf(app, run.pipelineRunId),
      };
    },
    'runs.stop': async ({ params }, { caller, requestId }) =>
      runView(await enoughTried(app.pipelineRuns, params.id, { by: caller!.name, requestId })),
    'runs.compare': async ({ query }) => {
      const ids = query.ids.split(',').map((id) => id.trim());
      return compareRuns(await Promise.all(ids.map((id) => stores.runs.get(id))));
    },
  };
}

/** The validation report of a pipeline run's candidate, as its job wrote it. */
export async function reportOf(app: App, pipelineRunId: string | null): Promise<unknown> {
  if (pipelineRunId === null) return null;
  const [job] = await app.database.stores.jobs.list({ pipelineRunId, kind: 'candidate', state: 'done' });
  return (job?.output as { report?: unknown } | undefined)?.report ?? null;
}

/** A job that belongs to no pipeline run. One of a pipeline run is never cancelled alone: the pipeline run would wait for ever. */
export async function cancelLooseJob(
  app: App,
  id: string,
  ask: { by: string; requestId: string },
): Promise<void> {
  await app.database.transaction(async ({ jobs, audit }) => {
    const { state } = await jobs.get(id);
    if (state !== 'queued' && state !== 'running') return;
    await jobs.cancel(id);
    await audit.append({ who: ask.by, what: 'jobs.cancel', subject: id, requestId: ask.requestId });
  });
  app.pipelineRuns.cancelJob(id);
}

/** The file that a job made. Throws `job.no-artifact`. */
export async function artifact(app: App, { id, output }: Job): Promise<AsyncIterable<Uint8Array>> {
  const { sha256 } = (output ?? {}) as { sha256?: string };
  if (sha256 === undefined || !(await app.objects.has(sha256))) throw fail('job.no-artifact', { id });
  return app.objects.read(sha256);
}

function asked({
  name,
  state,
  limit,
}: {
  name?: string | undefined;
  state?: PipelineRunState | undefined;
  limit: number;
}): PipelineRunFilter {
  return { limit, ...(name !== undefined && { name }), ...(state !== undefined && { state }) };
}
