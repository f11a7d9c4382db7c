import { describe, expect, it } from 'vitest';
import type { LabellingStore } from '../../../metadata/index.ts';
import type { LabelQueue, LabelTask, Review, Submission } from '../../../stages/label/index.ts';

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 0, 1);

export const labelQueue = (id: string, facts: Partial<LabelQueue> = {}): LabelQueue => ({
  id,
  dataset: 'customers',
  version: 1,
  manifestId: 'm'.repeat(64),
  target: 'churned',
  type: 'string',
  choices: ['Yes', 'No'],
  consensus: 'majority',
  reading: null,
  overlap: 1,
  leaseSeconds: 600,
  orderedBy: null,
  relabel: false,
  state: 'open',
  applied: null,
  openedBy: 'ann',
  createdAt: new Date(NOW).toISOString(),
  ...facts,
});

function reviewOf(queueId: string, taskId: string, value: string | null, reviewer = 'rita'): Review {
  const at = new Date(NOW).toISOString();
  return { queueId, taskId, reviewer, reviewerName: reviewer.toUpperCase(), value, at };
}

/** The promises of `LabellingStore`. Moments are told, so no test waits for a lease to end. */
export function describeLabelling(name: string, subject: () => LabellingStore): void {
  describe(`labelling on ${name}`, () => {
    let opened = 0;
    async function queueOf(rows: number, facts: Partial<LabelQueue> = {}) {
      const store = subject();
      const queue = labelQueue(`queue-${opened++}`, facts);
      const tasks = Array.from({ length: rows }, (_, row): LabelTask => {
        const values = { age: row, plan: 'basic', known: true, gone: null };
        return { id: `${queue.id}-${row}`, queueId: queue.id, row, values, priority: row % 2 };
      });
      await store.open(queue, tasks);
      const said = (taskId: string, person: string, value: string | null): Submission => {
        const at = new Date(NOW).toISOString();
        const personName = person.toUpperCase();
        return { queueId: queue.id, taskId, person, personName, value, reason: null, at };
      };
      return {
        store,
        queue,
        tasks,
        said,
        lease: (person: string, now = NOW) => store.lease(queue.id, person, now, now + MINUTE_MS),
        submit: (taskId: string, person: string, value: string | null, now = NOW) =>
          store.submit(said(taskId, person, value), now),
        takeBack: (person: string, now = NOW) => store.takeBack(queue.id, person, now, now + MINUTE_MS),
      };
    }

    it('keeps a queue and its tasks as they were given, tasks by priority and row', async () => {
      const { store, queue, tasks } = await queueOf(5, {
        choices: null,
        consensus: 'median',
        reading: { reading: { as: 'number', decimal: ',', thousands: '.' }, missingWords: ['-'] },
        type: 'number',
        orderedBy: { model: 'churn', version: 3 },
        relabel: true,
      });
      expect(await store.queue(queue.id)).toEqual(queue);
      expect(await store.find(queue.id)).toEqual(queue);
      expect((await store.queues())[0]).toEqual(queue);
      expect(await store.tasks(queue.id)).toEqual([1, 3, 0, 2, 4].map((row) => tasks[row]));
      await expect(store.open(queue, [])).rejects.toMatchObject({ code: 'label.queue-exists' });
    });

    it('names a queue that is missing, whatever is asked of it', async () => {
      const store = subject();
      const { said } = await queueOf(1);
      const missing = { code: 'label.queue-missing' };
      expect(await store.find('no')).toBeUndefined();
      for (const ask of [
        () => store.queue('no'),
        () => store.lease('no', 'ann', NOW, NOW + 1),
        () => store.submit({ ...said('no', 'ann', 'Yes'), queueId: 'no' }, NOW),
        () => store.takeBack('no', 'ann', NOW, NOW + 1),
        () => store.submissions('no'),
        () => store.tasks('no'),
        () => store.review(reviewOf('no', 'no', 'Yes')),
        () => store.reviews('no'),
        () => store.progress('no', NOW),
        () => store.close('no'),
        () => store.setApplied('no', { version: 1, rows: 1, undecided: 0, digest: 'd', at: '' }),
      ])
        await expect(ask()).rejects.toMatchObject(missing);
    });

    it('hands parallel askers a task each, never one beyond its overlap', async () => {
      for (const overlap of [1, 2]) {
        const { lease } = await queueOf(4, { overlap });
        const people = Array.from({ length: 12 }, (_, i) => `p${i}`);
        const leased = (await Promise.all(people.map((person) => lease(person)))).flatMap(
          (one) => one?.row ?? [],
        );
        expect(leased.toSorted()).toEqual([0, 1, 2, 3].flatMap((row) => Array<number>(overlap).fill(row)));
      }
    });

    it('gives a person who asks many times at once the one task', async () => {
      const { lease, store, queue } = await queueOf(4);
      const rows = await Promise.all(Array.from({ length: 8 }, () => lease('ann')));
      expect(new Set(rows.map((one) => one!.id)).size).toBe(1);
      expect(await store.progress(queue.id, NOW)).toMatchObject({ leased: 1 });
    });

    it('ends a lease at its moment: the task goes to another, and a late answer is refused', async () => {
      const { lease, submit } = await queueOf(1);
      const task = (await lease('ann'))!;
      expect(task.leasedUntil).toBe(NOW + MINUTE_MS);
      expect(await lease('bob', NOW + MINUTE_MS - 1)).toBeUndefined();
      expect((await lease('bob', NOW + MINUTE_MS))!.id).toBe(task.id);
      await expect(submit(task.id, 'ann', 'Yes', NOW + MINUTE_MS)).rejects.toMatchObject({
        code: 'label.lease-lost',
      });
      await submit(task.id, 'bob', 'No', NOW + MINUTE_MS);
    });

    it('takes one answer of several sent at once, and the same one again without harm', async () => {
      const { store, queue, lease, submit } = await queueOf(1);
      const task = (await lease('ann'))!;
      await Promise.all([submit(task.id, 'ann', 'Yes'), submit(task.id, 'ann', 'Yes')]);
      await submit(task.id, 'ann', 'Yes', NOW + 10 * MINUTE_MS);
      await expect(submit(task.id, 'ann', 'No')).rejects.toMatchObject({ code: 'label.lease-lost' });
      expect(await store.submissions(queue.id)).toMatchObject([{ value: 'Yes', personName: 'ANN' }]);
      expect(await store.progress(queue.id, NOW)).toEqual({
        tasks: 1,
        done: 1,
        leased: 0,
        answers: 1,
        skips: 0,
      });
    });

    it('does not take an answer to a task of another queue, nor one that was never handed out', async () => {
      const one = await queueOf(1);
      const other = await queueOf(1);
      await one.lease('ann');
      const lost = { code: 'label.lease-lost' };
      await expect(one.submit(other.tasks[0]!.id, 'ann', 'Yes')).rejects.toMatchObject(lost);
      await expect(other.submit(one.tasks[0]!.id, 'ann', 'Yes')).rejects.toMatchObject(lost);
      await expect(other.submit('nothing', 'ann', 'Yes')).rejects.toMatchObject(lost);
    });

    it('shows a skipped task to others, and not to the same person again', async () => {
      const { store, queue, lease, submit } = await queueOf(1);
      const task = (await lease('ann'))!;
      await submit(task.id, 'ann', null);
      expect(await lease('ann')).toBeUndefined();
      expect((await lease('bob'))!.id).toBe(task.id);
      expect(await store.progress(queue.id, NOW)).toMatchObject({ done: 0, leased: 1, answers: 0, skips: 1 });
    });

    it('takes the last answer back and hands out its task again, in place of the one held', async () => {
      const { store, queue, lease, submit, takeBack } = await queueOf(3);
      const first = (await lease('ann'))!;
      await submit(first.id, 'ann', 'Yes');
      const second = (await lease('ann'))!;
      expect((await takeBack('ann'))!.id).toBe(first.id);
      expect((await lease('bob'))!.id).toBe(second.id);
      await submit(first.id, 'ann', 'No');
      expect((await store.submissions(queue.id)).map(({ value }) => value)).toEqual(['No']);
      expect(await takeBack('cid')).toBeUndefined();
    });

    it('takes a skip back only while nobody else holds the task', async () => {
      const { lease, submit, takeBack } = await queueOf(1);
      const task = (await lease('ann'))!;
      await submit(task.id, 'ann', null);
      await lease('bob');
      expect(await takeBack('ann')).toBeUndefined();
      expect((await takeBack('ann', NOW + MINUTE_MS))!.id).toBe(task.id);
    });

    it('refuses work on a closed queue, and goes on telling what was answered', async () => {
      const { store, queue, lease, submit, takeBack } = await queueOf(2);
      const task = (await lease('ann'))!;
      await submit(task.id, 'ann', 'Yes');
      const open = (await lease('ann'))!;
      expect(await store.close(queue.id)).toEqual({ ...queue, state: 'closed' });
      await store.close(queue.id);
      const closed = { code: 'label.closed' };
      await expect(lease('bob')).rejects.toMatchObject(closed);
      await expect(submit(open.id, 'ann', 'Yes')).rejects.toMatchObject(closed);
      await expect(takeBack('ann')).rejects.toMatchObject(closed);
      expect(await store.submissions(queue.id)).toHaveLength(1);
      expect(await store.progress(queue.id, NOW)).toMatchObject({ done: 1, leased: 0 });
    });

    it('keeps the last decision of a reviewer on each task, by row, also of a closed queue', async () => {
      const { store, queue, tasks } = await queueOf(3);
      const decided = (row: number, value: string | null, reviewer = 'rita') =>
        store.review(reviewOf(queue.id, tasks[row]!.id, value, reviewer));
      await decided(2, 'Yes');
      await decided(0, 'No');
      await store.close(queue.id);
      await decided(2, null, 'ron');
      expect(await store.reviews(queue.id)).toEqual([
        reviewOf(queue.id, tasks[0]!.id, 'No'),
        reviewOf(queue.id, tasks[2]!.id, null, 'ron'),
      ]);
      const other = await queueOf(1);
      await expect(store.review(reviewOf(queue.id, other.tasks[0]!.id, 'Yes'))).rejects.toMatchObject({
        code: 'label.task-missing',
      });
      expect(await other.store.reviews(other.queue.id)).toEqual([]);
    });

    it('remembers the version that was made of the labels', async () => {
      const { store, queue } = await queueOf(1);
      const at = new Date(NOW).toISOString();
      const applied = { version: 2, rows: 1, undecided: 0, digest: 'd'.repeat(64), at };
      expect(await store.setApplied(queue.id, applied)).toEqual({ ...queue, applied });
      expect((await store.queue(queue.id)).applied).toEqual(applied);
    });
  });
}
