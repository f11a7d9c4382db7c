import { fail } from '@slipway/contract';
import type { LabellingStore } from '../metadata/index.ts';
import type { LabelQueue, LabelTask, Review, Submission } from '../stages/label/index.ts';

type Lease = { queueId: string; taskId: string; person: string; until: number };

/** Keeps the promises of {@link LabellingStore} in memory: every method runs to its end without waiting, so is atomic. */
export function fakeLabellingStore(): LabellingStore {
  const queues = new Map<string, LabelQueue>();
  const tasks: LabelTask[] = [];
  let submissions: Submission[] = [];
  let leases: Lease[] = [];
  const reviews = new Map<string, Review>();

  const queueNamed = (id: string): LabelQueue => {
    const queue = queues.get(id);
    if (queue === undefined) throw fail('label.queue-missing', { id });
    return queue;
  };
  const openQueue = (id: string): LabelQueue => {
    const queue = queueNamed(id);
    if (queue.state === 'closed') throw fail('label.closed', { id });
    return queue;
  };
  const changed = (id: string, values: Partial<LabelQueue>) => {
    const queue = { ...queueNamed(id), ...values };
    queues.set(id, queue);
    return queue;
  };
  const tasksOf = (queueId: string) =>
    tasks.filter((task) => task.queueId === queueId && queueNamed(queueId));
  const answersTo = (taskId: string) =>
    submissions.filter((one) => one.taskId === taskId && one.value !== null);
  const live = (now: number) => leases.filter(({ until }) => until > now);
  const hasRoom = ({ id, queueId }: LabelTask, now: number) => {
    const held = live(now).filter(({ taskId }) => taskId === id).length;
    return answersTo(id).length + held < queueNamed(queueId).overlap;
  };
  const handOut = (task: LabelTask, person: string, until: number) => {
    const { queueId } = task;
    leases = leases.filter((lease) => !(lease.queueId === queueId && lease.person === person));
    leases.push({ queueId, taskId: task.id, person, until });
    return { ...task, leasedUntil: until };
  };

  return {
    async open(queue, opened) {
      if (queues.has(queue.id)) throw fail('label.queue-exists', { id: queue.id }, { path: 'name' });
      queues.set(queue.id, queue);
      tasks.push(...opened);
      tasks.sort((a, b) => b.priority - a.priority || a.row - b.row);
    },
    queue: async (id) => queueNamed(id),
    find: async (id) => queues.get(id),
    queues: async () => [...queues.values()].reverse(),
    async lease(queueId, person, now, leasedUntil) {
      openQueue(queueId);
      const own = tasksOf(queueId);
      const isFree = (task: LabelTask) =>
        hasRoom(task, now) && !submissions.some((one) => one.taskId === task.id && one.person === person);
      const holds = live(now).filter((lease) => lease.person === person);
      const task = own.find(({ id }) => holds.some(({ taskId }) => taskId === id)) ?? own.find(isFree);
      return task && handOut(task, person, leasedUntil);
    },
    async submit(submission, now) {
      const { queueId, taskId, person, value } = submission;
      openQueue(queueId);
      const given = submissions.find((one) => one.taskId === taskId && one.person === person);
      if (given?.queueId === queueId && given.value === value) return;
      const own = (lease: Lease) =>
        lease.queueId === queueId && lease.taskId === taskId && lease.person === person;
      if (given !== undefined || !live(now).some(own)) throw fail('label.lease-lost', { id: taskId });
      leases = leases.filter((lease) => !own(lease));
      submissions.push(submission);
    },
    async takeBack(queueId, person, now, leasedUntil) {
      openQueue(queueId);
      const last = submissions.findLast((one) => one.queueId === queueId && one.person === person);
      const task = tasks.find(({ id }) => id === last?.taskId);
      if (last === undefined || task === undefined) return undefined;
      if (last.value === null && !hasRoom(task, now)) return undefined;
      submissions = submissions.filter((one) => one !== last);
      return handOut(task, person, leasedUntil);
    },
    async submissions(queueId) {
      queueNamed(queueId);
      return submissions.filter((one) => one.queueId === queueId);
    },
    async review(review) {
      const { queueId, taskId } = review;
      queueNamed(queueId);
      if (!tasksOf(queueId).some(({ id }) => id === taskId))
        throw fail('label.task-missing', { id: taskId, queue: queueId });
      reviews.set(taskId, review);
    },
    async reviews(queueId) {
      queueNamed(queueId);
      const byRow = tasksOf(queueId).toSorted((a, b) => a.row - b.row);
      return byRow.flatMap(({ id }) => reviews.get(id) ?? []);
    },
    async tasks(queueId) {
      queueNamed(queueId);
      return tasksOf(queueId);
    },
    async progress(queueId, now) {
      const { overlap } = queueNamed(queueId);
      const own = tasksOf(queueId);
      const given = submissions.filter((one) => one.queueId === queueId);
      const held = live(now).filter((lease) => lease.queueId === queueId);
      return {
        tasks: own.length,
        done: own.filter(({ id }) => answersTo(id).length >= overlap).length,
        leased: new Set(held.map(({ taskId }) => taskId)).size,
        answers: given.filter(({ value }) => value !== null).length,
        skips: given.filter(({ value }) => value === null).length,
      };
    },
    async close(id) {
      leases = leases.filter(({ queueId }) => queueId !== id);
      return changed(id, { state: 'closed' });
    },
    setApplied: async (id, applied) => changed(id, { applied }),
  };
}
