import { fail } from '@slipway/contract';
import type { LabelQueue, LabelTask, LabelTaskStore, Submission } from '../journey/label/index.ts';

type Lease = { taskId: string; person: string; until: number };

/** Keeps the promises of {@link LabelTaskStore} in memory: every method runs to its end without waiting, so is atomic. */
export function fakeLabelTaskStore(): LabelTaskStore {
  const queues = new Map<string, LabelQueue>();
  const tasks: LabelTask[] = [];
  const submissions: Submission[] = [];
  let leases: Lease[] = [];

  const queueNamed = (id: string): LabelQueue => {
    const queue = queues.get(id);
    if (queue === undefined) throw fail('label.queue-missing', { id });
    return queue;
  };
  const tasksOf = (queueId: string) => {
    queueNamed(queueId);
    return tasks.filter((task) => task.queueId === queueId);
  };
  const answersTo = (taskId: string) =>
    submissions.filter((one) => one.taskId === taskId && one.value !== null);
  const live = (now: number) => leases.filter(({ until }) => until > now);

  return {
    async open(queue, opened) {
      queues.set(queue.id, queue);
      tasks.push(...opened);
      tasks.sort((a, b) => b.priority - a.priority || a.row - b.row);
    },
    queue: async (id) => queueNamed(id),
    async lease(queueId, person, now, leasedUntil) {
      const { overlap } = queueNamed(queueId);
      const isFree = ({ id }: LabelTask) => {
        const known = submissions.some((one) => one.taskId === id && one.person === person);
        const held = live(now).filter(({ taskId }) => taskId === id).length;
        return !known && answersTo(id).length + held < overlap;
      };
      const own = tasksOf(queueId);
      const holds = live(now).filter((lease) => lease.person === person);
      const task = own.find(({ id }) => holds.some(({ taskId }) => taskId === id)) ?? own.find(isFree);
      if (task === undefined) return undefined;
      leases = live(now).filter((lease) => !(lease.taskId === task.id && lease.person === person));
      leases.push({ taskId: task.id, person, until: leasedUntil });
      return { ...task, leasedUntil };
    },
    async submit(submission, now) {
      const { taskId, person } = submission;
      const own = (lease: Lease) => lease.taskId === taskId && lease.person === person;
      if (!live(now).some(own)) throw fail('label.lease-lost', { id: taskId });
      leases = live(now).filter((lease) => !own(lease));
      submissions.push(submission);
    },
    async submissions(queueId) {
      const ids = new Set(tasksOf(queueId).map(({ id }) => id));
      return submissions.filter(({ taskId }) => ids.has(taskId));
    },
    tasks: async (queueId) => tasksOf(queueId),
    async progress(queueId, now) {
      const { overlap } = queueNamed(queueId);
      const own = tasksOf(queueId);
      const ids = new Set(own.map(({ id }) => id));
      const given = submissions.filter(({ taskId }) => ids.has(taskId));
      return {
        tasks: own.length,
        done: own.filter(({ id }) => answersTo(id).length >= overlap).length,
        leased: new Set(live(now).flatMap(({ taskId }) => (ids.has(taskId) ? [taskId] : []))).size,
        answers: given.filter(({ value }) => value !== null).length,
        skips: given.filter(({ value }) => value === null).length,
      };
    },
  };
}
