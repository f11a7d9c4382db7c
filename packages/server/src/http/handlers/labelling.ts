import type { LabelTask as LabelTaskView } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import {
  type LabelPorts,
  type LabelQueue,
  type LeasedTask,
  nextTask,
  reviewTask,
  skipTask,
  submitLabel,
  takeBackLabel,
  tasksToReview,
} from '../../stages/label/index.ts';
import { startLabelApply, startLabelOpen } from '../../workflows/index.ts';
import type { CallContext, Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { queueReport, queueView, reviewView } from './label-views.ts';
import { jobView } from './views.ts';

type LabelHandlers = Pick<Handlers, Extract<keyof Handlers, `labelling.${string}`>>;

export function labelHandlers(app: App): LabelHandlers {
  const { database } = app;
  const { clock } = app.pipelineRuns;
  const store = database.stores.labelling;
  const ports: LabelPorts = { store, clock };
  const progressOf = (queueId: string) => store.progress(queueId, clock.now());
  const view = async (queue: LabelQueue) => queueView(queue, await progressOf(queue.id));
  const handedOut = async (queueId: string, task: LeasedTask | undefined) => ({
    task: task === undefined ? null : taskView(task),
    progress: await progressOf(queueId),
  });
  return {
    'labelling.open': async ({ body }, { caller, requestId }) => {
      const ask = { ...body, by: caller!.name, requestId };
      const job = await database.transaction((stores) => startLabelOpen(stores, ask, clock.now()));
      app.pipelineRuns.wakeWorkers();
      return jobView(job);
    },
    'labelling.list': async () => {
      const queues = [];
      for (const queue of await store.queues()) queues.push(await view(queue));
      return { queues };
    },
    'labelling.get': async ({ params }) => {
      const queue = await store.queue(params.queue);
      const [tasks, submissions] = [await store.tasks(queue.id), await store.submissions(queue.id)];
      const answered = { queue, tasks, submissions, reviews: await store.reviews(queue.id) };
      return { ...(await view(queue)), ...queueReport(answered) };
    },
    'labelling.next': async ({ params }, { caller }) => {
      const task = await nextTask({ queueId: params.queue, person: caller!.id }, ports);
      return handedOut(params.queue, task);
    },
    'labelling.submit': async ({ params, body }, context) => {
      await submitLabel({ ...heldBy(params, context), value: body.value }, ports);
      return { progress: await progressOf(params.queue) };
    },
    'labelling.skip': async ({ params, body }, context) => {
      await skipTask({ ...heldBy(params, context), reason: body.reason ?? null }, ports);
      return { progress: await progressOf(params.queue) };
    },
    'labelling.takeBack': async ({ params }, { caller }) => {
      const task = await takeBackLabel({ queueId: params.queue, person: caller!.id }, ports);
      return handedOut(params.queue, task);
    },
    'labelling.toReview': async ({ params, query }) => {
      const found = await tasksToReview(params.queue, ports);
      return { total: found.length, tasks: found.slice(0, query.limit).map(reviewView) };
    },
    'labelling.review': async ({ params, body }, { caller, requestId }) => {
      const decision = { queueId: params.queue, taskId: params.task, value: body.value };
      const reviewer = { reviewer: caller!.id, reviewerName: caller!.name };
      await database.transaction(async ({ labelling, audit }) => {
        await reviewTask({ ...decision, ...reviewer }, { store: labelling, clock });
        const details = { task: params.task };
        await audit.append({
          who: caller!.name,
          what: 'labelling.review',
          subject: params.queue,
          requestId,
          details,
        });
      });
      return { left: (await tasksToReview(params.queue, ports)).length };
    },
    'labelling.apply': async ({ params }, { caller, requestId }) => {
      const ask = { queue: params.queue, by: caller!.name, requestId };
      const job = await database.transaction((stores) => startLabelApply(stores, ask));
      app.pipelineRuns.wakeWorkers();
      return jobView(job);
    },
    'labelling.close': async ({ params }, { caller, requestId }) => {
      const closed = await database.transaction(async ({ labelling, audit }) => {
        const queue = await labelling.close(params.queue);
        await audit.append({ who: caller!.name, what: 'labelling.close', subject: queue.id, requestId });
        return queue;
      });
      return view(closed);
    },
  };
}

function heldBy({ queue, task }: { queue: string; task: string }, { caller }: CallContext) {
  return { queueId: queue, taskId: task, person: caller!.id, personName: caller!.name };
}

function taskView({ id, row, values, leasedUntil }: LeasedTask): LabelTaskView {
  return { id, row, values, leasedUntil: isoTime(leasedUntil) };
}
