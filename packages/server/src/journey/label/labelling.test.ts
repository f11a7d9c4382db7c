import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeLabelTaskStore } from '../../testing/label-task-store.fake.ts';
import type { Table } from '../ingest/index.ts';
import { labelledRows } from './consensus.ts';
import { nextTask } from './next-task.ts';
import { openQueue, QUEUE_DEFAULTS, type QueueRequest } from './open-queue.ts';
import { skipTask, submitLabel } from './submit-label.ts';
import { uncertaintyOf } from './uncertainty.ts';

/** Five rows; the target is known in the second only. */
const TABLE: Table = {
  rows: 5,
  columns: [
    { name: 'age', type: 'number', values: Float64Array.from([10, 20, 30, Number.NaN, 50]) },
    { name: 'plan', type: 'string', codes: Int32Array.from([0, 1, 0, -1, 1]), dictionary: ['basic', 'full'] },
    { name: 'since', type: 'timestamp', values: new Float64Array(5) },
    { name: 'churned', type: 'string', codes: Int32Array.from([-1, 0, -1, -1, -1]), dictionary: ['Yes'] },
  ],
};

const REQUEST: QueueRequest = {
  ...QUEUE_DEFAULTS,
  dataset: 'customers',
  version: 1,
  target: 'churned',
  choices: ['Yes', 'No'],
  table: TABLE,
};

async function room(request: Partial<QueueRequest> = {}) {
  let ids = 0;
  const clock = { time: 0, now: () => clock.time };
  const ports = { store: fakeLabelTaskStore(), clock, newId: (prefix: string) => `${prefix}_${ids++}` };
  const queue = await openQueue({ ...REQUEST, ...request }, ports);
  const next = (person: string) => nextTask({ queueId: queue.id, person }, ports);
  const answer = (taskId: string, person: string, value: string) =>
    submitLabel({ queueId: queue.id, taskId, person, value }, ports);
  return { ports, clock, queue, next, answer };
}

describe('the queue', () => {
  it('holds the rows whose target is missing, in order, as a person reads them', async () => {
    const { ports, queue, next } = await room();
    expect((await ports.store.tasks(queue.id)).map(({ row }) => row)).toEqual([0, 2, 3, 4]);
    expect((await next('ann'))!.values).toEqual({
      age: 10,
      plan: 'basic',
      since: '1970-01-01T00:00:00.000Z',
    });
  });

  it('hands out the rows first of which a model is least sure', async () => {
    const values = Float64Array.from([0.9, 0.5, 0.55, 0.02, 0.7]);
    const { ports, queue } = await room({ probabilities: { outputs: 1, values } });
    expect((await ports.store.tasks(queue.id)).map(({ row }) => row)).toEqual([2, 4, 0, 3]);
  });

  it('refuses a column that is not there, and one with nothing missing', async () => {
    await expect(room({ target: 'mood' })).rejects.toMatchObject({ code: 'target.missing' });
    await expect(room({ target: 'since' })).rejects.toMatchObject({ code: 'label.nothing-to-do' });
  });
});

describe('leases', () => {
  it('never give two people one task, and give a person back the one they hold', async () => {
    const { next } = await room();
    const [ann, bob] = [await next('ann'), await next('bob')];
    expect(ann!.id).not.toBe(bob!.id);
    expect((await next('ann'))!.id).toBe(ann!.id);
  });

  it('end by themselves; a late answer is refused when the task went on', async () => {
    const { clock, next, answer } = await room();
    const task = await next('ann');
    clock.time = 600_000;
    expect((await next('bob'))!.id).toBe(task!.id);
    await expect(answer(task!.id, 'ann', 'Yes')).rejects.toMatchObject({ code: 'label.lease-lost' });
    await answer(task!.id, 'bob', 'Yes');
  });

  it('do not let a task be answered that was never handed out', async () => {
    const { ports, queue, answer } = await room();
    const [task] = await ports.store.tasks(queue.id);
    await expect(answer(task!.id, 'ann', 'Yes')).rejects.toMatchObject({ code: 'label.lease-lost' });
  });
});

it('takes only the choices, or only numbers', async () => {
  const { next, answer } = await room();
  const task = await next('ann');
  await expect(answer(task!.id, 'ann', 'Perhaps')).rejects.toMatchObject({ code: 'labels.wrong-type' });
  const numbers = await room({ choices: null });
  const other = await numbers.next('ann');
  await expect(numbers.answer(other!.id, 'ann', 'many')).rejects.toMatchObject({ code: 'labels.wrong-type' });
  await numbers.answer(other!.id, 'ann', '-2.5');
});

it('a skipped task goes to others and not to the same person', async () => {
  const { ports, next } = await room();
  const task = await next('ann');
  await skipTask({ taskId: task!.id, person: 'ann', reason: 'unreadable' }, ports);
  expect((await next('ann'))!.id).not.toBe(task!.id);
  expect((await next('bob'))!.id).toBe(task!.id);
});

describe('the outcome', () => {
  const outcome = async ({ ports, queue }: Awaited<ReturnType<typeof room>>) =>
    labelledRows(queue, await ports.store.tasks(queue.id), await ports.store.submissions(queue.id));

  it('is the rows with their target filled in', async () => {
    const made = await room();
    await made.answer((await made.next('ann'))!.id, 'ann', 'No');
    expect(await outcome(made)).toMatchObject({
      rows: [{ row: 0, values: { age: 10, plan: 'basic', churned: 'No' }, votes: 1, of: 1 }],
      undecided: [],
    });
  });

  it('is the majority where several answer; rows without one are told apart', async () => {
    const made = await room({ overlap: 2 });
    for (const [person, answers] of [
      ['ann', ['Yes', 'No', 'Yes']],
      ['bob', ['Yes', 'Yes']],
    ] as const) {
      for (const value of answers) await made.answer((await made.next(person))!.id, person, value);
    }
    const { rows, undecided } = await outcome(made);
    expect(rows.map(({ row, votes, of }) => [row, votes, of])).toEqual([[0, 2, 2]]);
    expect(undecided.map(({ row }) => row)).toEqual([2]);
    expect(await made.ports.store.progress(made.queue.id, 0)).toEqual({
      tasks: 4,
      done: 2,
      leased: 0,
      answers: 5,
      skips: 0,
    });
  });
});

it('whatever people do, no task gets more answers than asked for, and nobody answers one twice', async () => {
  const step = fc.record({
    person: fc.constantFrom('ann', 'bob', 'cid'),
    act: fc.constantFrom('answer', 'skip', 'wait', 'leave'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 2 }),
      async (steps, overlap) => {
        const { ports, clock, queue, next, answer } = await room({ overlap });
        for (const { person, act } of steps) {
          if (act === 'wait') clock.time += 400_000;
          const task = await next(person);
          if (task === undefined || act === 'leave' || act === 'wait') continue;
          if (act === 'skip') await skipTask({ taskId: task.id, person, reason: '' }, ports);
          else await answer(task.id, person, 'Yes');
        }
        const given = await ports.store.submissions(queue.id);
        const answered = given.filter(({ value }) => value !== null);
        for (const { taskId } of answered) {
          expect(answered.filter((one) => one.taskId === taskId).length).toBeLessThanOrEqual(overlap);
        }
        expect(new Set(given.map(({ taskId, person }) => `${taskId} ${person}`)).size).toBe(given.length);
      },
    ),
  );
});

it('is least sure where all classes are alike', () => {
  expect(uncertaintyOf([1, 0, 0])).toBe(0);
  expect(uncertaintyOf([1 / 3, 1 / 3, 1 / 3])).toBeCloseTo(1, 12);
  expect(uncertaintyOf([0.6, 0.4])).toBeGreaterThan(uncertaintyOf([0.9, 0.1]));
});
