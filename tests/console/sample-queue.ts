import { fail, type LabelQueueReport, type LabelTask } from '@slipway/contract';
import type { FakeHandlers } from './fake-control.ts';
import { at } from './sample-world.ts';

export type SampleQueue = {
  handlers: FakeHandlers;
  /** Answers given, by row; null for a skip. */
  given: Map<number, string | null>;
  /** What a reviewer decided, by task. */
  reviewed: Map<string, unknown>;
};

const ROWS = 12;

/** A labelling queue of twelve rows that remembers what it was told. */
export function sampleQueue(): SampleQueue {
  const given = new Map<number, string | null>();
  const reviewed = new Map<string, unknown>();
  const toReview = (): LabelQueueReport['undecided'] =>
    [14, 15]
      .map((row) => ({
        task: `churn-churned-${row}`,
        row,
        answers: ['Yes', 'No'],
        reason: 'no-majority' as const,
      }))
      .filter(({ task: id }) => !reviewed.has(id));
  let applied: LabelQueueReport['applied'] = null;
  let state: LabelQueueReport['state'] = 'open';
  const answers = () => [...given.values()].filter((value) => value !== null).length;
  const progress = () => ({
    tasks: ROWS,
    done: answers(),
    leased: 1,
    answers: answers(),
    skips: given.size - answers(),
  });
  const task = (row: number): LabelTask => ({
    id: `churn-churned-${row}`,
    row,
    values: {
      customer: `C-${4000 + row}`,
      tenure: row * 3,
      contract: row % 2 === 0 ? 'Month-to-month' : 'Two year',
      monthly_charges: row === 2 ? null : 20.05 + row,
      remark: 'Called twice about the invoice; wants to know what a longer contract would cost her.',
    },
    leasedUntil: at(7),
  });
  const next = () => {
    const row = Array.from({ length: ROWS }, (_, one) => one).find((one) => !given.has(one));
    return { task: row === undefined ? null : task(row), progress: progress() };
  };
  const rowOf = (id: string) => {
    const row = Number(id.split('-').at(-1));
    if (given.has(row)) throw fail('label.lease-lost', { id });
    return row;
  };
  const queue = (): LabelQueueReport => ({
    name: 'churn-churned',
    dataset: 'churn',
    version: 2,
    target: 'churned',
    type: 'string',
    choices: ['Yes', 'No', 'Cannot tell'],
    consensus: 'majority',
    overlap: 2,
    leaseSeconds: 600,
    orderedBy: { model: 'churn', version: 2 },
    relabel: false,
    state,
    applied,
    openedBy: 'owner',
    createdAt: at(5),
    progress: progress(),
    people: [
      { name: 'ann', answers: 31, skips: 2 },
      { name: 'bob', answers: 30, skips: 0 },
    ],
    agreement: {
      observed: 0.9,
      krippendorffAlpha: 0.7994,
      pairs: [{ people: ['ann', 'bob'], tasks: 30, cohenKappa: 0.8 }],
    },
    agreed: 27,
    reviewed: reviewed.size,
    undecidedRows: toReview().length,
    undecided: toReview(),
  });
  const job = (output: unknown) => ({
    id: 'job_label',
    kind: 'label-apply',
    state: 'done' as const,
    attempts: 1,
    pipelineRunId: null,
    progress: null,
    output,
    failure: null,
    createdAt: at(7),
    startedAt: at(7),
    endedAt: at(7),
  });
  return {
    given,
    reviewed,
    handlers: {
      'labelling.list': () => ({ queues: [queue()] }),
      'labelling.get': ({ params }) => {
        if (params.queue !== 'churn-churned') throw fail('label.queue-missing', { id: params.queue });
        return queue();
      },
      'labelling.next': next,
      'labelling.submit': ({ params, body }) => {
        given.set(rowOf(params.task), String(body.value));
        return { progress: progress() };
      },
      'labelling.skip': ({ params }) => {
        given.set(rowOf(params.task), null);
        return { progress: progress() };
      },
      'labelling.takeBack': () => {
        given.delete([...given.keys()].at(-1)!);
        return next();
      },
      'labelling.toReview': () => ({
        total: toReview().length,
        tasks: toReview().map((one) => ({
          ...one,
          values: task(one.row).values,
          people: [
            { name: 'ann', value: 'Yes', reason: null },
            { name: 'bob', value: 'No', reason: null },
          ],
        })),
      }),
      'labelling.review': ({ params, body }) => {
        reviewed.set(params.task, body.value);
        return { left: toReview().length };
      },
      'labelling.open': () => job({ queue: 'churn-churned', tasks: ROWS }),
      'labelling.apply': () => {
        applied = { version: 3, rows: 27, undecided: 1, at: at(7) };
        return job({});
      },
      'labelling.close': () => {
        state = 'closed';
        return queue();
      },
    },
  };
}
