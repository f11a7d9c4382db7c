import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeLabelling, labelQueue } from '../../testing/contracts/database/labelling.ts';
import { fakeLabellingStore } from '../../testing/labelling-store.fake.ts';
import type { Table } from '../ingest/index.ts';
import { consensusOf } from './consensus.ts';
import type { LabelQueue, RowValue } from './model.ts';
import { nextTask } from './next-task.ts';
import { type QueueRows, queueTasks } from './queue-tasks.ts';
import { reviewTask, tasksToReview } from './review-task.ts';
import { skipTask, submitLabel, takeBackLabel } from './submit-label.ts';
import { uncertaintyOf } from './uncertainty.ts';

describeLabelling('memory', fakeLabellingStore);

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

async function room(facts: Partial<LabelQueue> = {}, asked: Partial<QueueRows> = {}) {
  const clock = { time: 0, now: () => clock.time };
  const ports = { store: fakeLabellingStore(), clock };
  const queue = labelQueue('q', facts);
  const shown = ['age', 'plan', 'since'];
  await ports.store.open(queue, queueTasks({ queue, table: TABLE, shown, limit: 100, ...asked }));
  const next = (person: string) => nextTask({ queueId: queue.id, person }, ports);
  const held = (taskId: string, person: string) => ({
    queueId: queue.id,
    taskId,
    person,
    personName: person,
  });
  const answer = (taskId: string, person: string, value: RowValue) =>
    submitLabel({ ...held(taskId, person), value }, ports);
  const skip = (taskId: string, person: string) => skipTask({ ...held(taskId, person), reason: null }, ports);
  const takeBack = (person: string) => takeBackLabel({ queueId: queue.id, person }, ports);
  const rows = async () => (await ports.store.tasks(queue.id)).map(({ row }) => row);
  return { ports, clock, queue, next, answer, skip, takeBack, rows };
}

describe('the queue', () => {
  it('holds the rows whose target is missing, in order, as a person reads them', async () => {
    const { rows, next } = await room();
    expect(await rows()).toEqual([0, 2, 3, 4]);
    expect((await next('ann'))!.values).toEqual({
      age: 10,
      plan: 'basic',
      since: '1970-01-01T00:00:00.000Z',
    });
  });

  it('hands out the rows first of which a model is least sure, and keeps those when it is limited', async () => {
    const values = Float64Array.from([0.9, 0.5, 0.55, 0.02, 0.7]);
    const probabilities = { outputs: 1, values };
    expect(await (await room({}, { probabilities })).rows()).toEqual([2, 4, 0, 3]);
    expect(await (await room({}, { probabilities, limit: 2 })).rows()).toEqual([2, 4]);
  });

  it('holds every row when it is to label again, or when the column is not there yet', async () => {
    expect(await (await room({ relabel: true })).rows()).toEqual([0, 1, 2, 3, 4]);
    expect(await (await room({ target: 'mood' })).rows()).toEqual([0, 1, 2, 3, 4]);
  });

  it('is refused for a column with nothing missing', async () => {
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
  const numbers = await room({ choices: null, type: 'number' });
  const other = await numbers.next('ann');
  await expect(numbers.answer(other!.id, 'ann', 'many')).rejects.toMatchObject({ code: 'labels.wrong-type' });
  await numbers.answer(other!.id, 'ann', '-2.5');
});

it('a skipped task goes to others and not to the same person', async () => {
  const { skip, next } = await room();
  const task = await next('ann');
  await skip(task!.id, 'ann');
  expect((await next('ann'))!.id).not.toBe(task!.id);
  expect((await next('bob'))!.id).toBe(task!.id);
});

async function outcomeOf({ ports: { store }, queue }: Awaited<ReturnType<typeof room>>) {
  return consensusOf({
    queue: await store.queue(queue.id),
    tasks: await store.tasks(queue.id),
    submissions: await store.submissions(queue.id),
    reviews: await store.reviews(queue.id),
  });
}

describe('the outcome', () => {
  const outcome = outcomeOf;

  it('is the rows with the answer given', async () => {
    const made = await room();
    await made.answer((await made.next('ann'))!.id, 'ann', 'No');
    expect(await outcome(made)).toMatchObject({
      agreed: [{ row: 0, label: 'No', votes: 1, of: 1 }],
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
    const { agreed, undecided } = await outcome(made);
    expect(agreed.map(({ row, votes, of }) => [row, votes, of])).toEqual([[0, 2, 2]]);
    expect(undecided).toEqual([{ taskId: 'q-2', row: 2, answers: ['No', 'Yes'], reason: 'no-majority' }]);
    expect(await made.ports.store.progress(made.queue.id, 0)).toEqual({
      tasks: 4,
      done: 2,
      leased: 0,
      answers: 5,
      skips: 0,
    });
  });
});

/** A queue of one row that people answered, and its outcome. */
async function answered(facts: Partial<LabelQueue>, ...answers: RowValue[]) {
  const made = await room({ ...facts, overlap: answers.length }, { limit: 1 });
  for (const [i, value] of answers.entries())
    await made.answer((await made.next(`p${i}`))!.id, `p${i}`, value);
  return { made, outcome: await outcomeOf(made) };
}

const NUMBERS = { choices: null, type: 'number', consensus: 'median' } as const;

describe('several answers', () => {
  it('that are measured numbers give the median, whatever their spelling', async () => {
    const { made, outcome } = await answered(NUMBERS, '1.0', ' 3', '1e1');
    const given = await made.ports.store.submissions('q');
    expect(given.map(({ value }) => value)).toEqual(['1', '3', '10']);
    expect(outcome.agreed).toEqual([{ row: 0, label: '3', votes: 1, of: 3 }]);
  });

  it('are read as the dataset has the column', async () => {
    const reading = { as: 'number', decimal: ',', thousands: '.' } as const;
    const { outcome } = await answered({ ...NUMBERS, reading: { reading } }, '1.234,5', 1234.5, '1234,50');
    expect(outcome.agreed).toEqual([{ row: 0, label: '1234.5', votes: 3, of: 3 }]);
    const truth = { type: 'boolean', choices: ['true', 'false'] } as const;
    expect((await answered(truth, 'True', 1, true)).outcome.agreed[0]).toMatchObject({
      label: 'true',
      votes: 3,
    });
    expect((await answered({}, 'Yes ', 'yes', 'No')).outcome.agreed[0]).toMatchObject({
      label: 'Yes',
      votes: 2,
    });
  });

  it.each([
    ['0 and 1 by majority', { ...NUMBERS }, [1, 0, 1], '1'],
    ['codes by majority', { ...NUMBERS, consensus: 'majority' as const }, [1, 5, 5], '5'],
  ])('that are %s, never by their mean', async (_, facts, answers, label) => {
    expect((await answered(facts, ...answers)).outcome.agreed[0]).toMatchObject({ label });
  });

  it.each([
    ['0 and 1 without a majority', { ...NUMBERS }, [1, 0], 'no-majority'],
    [
      'a median that is no whole number of a column of whole numbers',
      { ...NUMBERS, reading: { whole: true } },
      [3, 6],
      'not-whole',
    ],
    ['classes without a majority', {}, ['Yes', 'No'], 'no-majority'],
  ])('that are %s wait for a reviewer', async (_, facts, answers, reason) => {
    expect((await answered(facts, ...answers)).outcome).toMatchObject({
      agreed: [],
      undecided: [{ row: 0, reason }],
    });
  });
});

describe('a reviewer', () => {
  const rita = { queueId: 'q', reviewer: 'k_rita', reviewerName: 'rita' };

  it('sees rows without a decision with all answers, and decides them', async () => {
    const { made } = await answered({}, 'Yes', 'No');
    const { ports } = made;
    const [task] = await tasksToReview('q', ports);
    expect(task).toMatchObject({
      taskId: 'q-1',
      row: 0,
      reason: 'no-majority',
      values: { age: 10 },
      people: [
        { name: 'p0', value: 'Yes', reason: null },
        { name: 'p1', value: 'No', reason: null },
      ],
    });
    await expect(reviewTask({ ...rita, taskId: 'q-1', value: 'Perhaps' }, ports)).rejects.toMatchObject({
      code: 'labels.wrong-type',
    });
    await reviewTask({ ...rita, taskId: 'q-1', value: 'no ' }, ports);
    expect(await tasksToReview('q', ports)).toEqual([]);
    expect((await outcomeOf(made)).agreed).toEqual([{ row: 0, label: 'No', votes: 1, of: 2 }]);
    await reviewTask({ ...rita, taskId: 'q-1', value: null }, ports);
    expect(await outcomeOf(made)).toEqual({ agreed: [], undecided: [] });
  });

  it('gets the rows of a closed queue that have too few answers, and not those that wait in an open one', async () => {
    const made = await room({ overlap: 2 });
    const { ports, next, answer, skip } = made;
    await answer((await next('ann'))!.id, 'ann', 'Yes');
    await skip((await next('ann'))!.id, 'ann');
    expect((await outcomeOf(made)).undecided).toEqual([]);
    await ports.store.close('q');
    expect(await tasksToReview('q', ports)).toMatchObject([
      { row: 0, answers: ['Yes'], reason: 'too-few-answers' },
      { row: 2, answers: [], reason: 'too-few-answers' },
    ]);
  });
});

it('whatever people do, no task gets more answers than asked for, and nobody answers one twice', async () => {
  const step = fc.record({
    person: fc.constantFrom('ann', 'bob', 'cid'),
    act: fc.constantFrom('answer', 'skip', 'wait', 'leave', 'take back'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 2 }),
      async (steps, overlap) => {
        const { ports, clock, queue, next, answer, skip, takeBack } = await room({ overlap });
        for (const { person, act } of steps) {
          if (act === 'wait') clock.time += 400_000;
          if (act === 'take back') await takeBack(person);
          const task = await next(person);
          if (task === undefined || act === 'leave' || act === 'wait') continue;
          if (act === 'skip') await skip(task.id, person);
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
