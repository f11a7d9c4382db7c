import type { LabelQueueReport, LabelQueue as LabelQueueView, LabelTaskToReview } from '@slipway/contract';
import {
  agreementOf,
  consensusOf,
  type LabelQueue,
  type LabelTask,
  type Progress,
  type Review,
  type RowToReview,
  type Submission,
  type TaskToReview,
} from '../../stages/label/index.ts';

const UNDECIDED_SHOWN = 100;

/** A queue as the contract shows it. */
export function queueView(queue: LabelQueue, progress: Progress): LabelQueueView {
  const { id, manifestId: _, reading: __, choices, applied, ...facts } = queue;
  return {
    name: id,
    ...facts,
    choices: choices === null ? null : [...choices],
    applied: applied && {
      version: applied.version,
      rows: applied.rows,
      undecided: applied.undecided,
      at: applied.at,
    },
    progress,
  };
}

type Report = Pick<
  LabelQueueReport,
  'people' | 'agreement' | 'agreed' | 'reviewed' | 'undecidedRows' | 'undecided'
>;

type AnsweredQueue = {
  queue: LabelQueue;
  tasks: readonly LabelTask[];
  submissions: readonly Submission[];
  reviews: readonly Review[];
};

/** Who answered how much, how far they agree, and what came of it. */
export function queueReport({ queue, tasks, submissions, reviews }: AnsweredQueue): Report {
  const { agreed, undecided } = consensusOf({ queue, tasks, submissions, reviews });
  const isMeasured = queue.consensus === 'median';
  const found = agreementOf(submissions, isMeasured ? 'interval' : 'nominal');
  const names = new Map(submissions.map(({ person, personName }) => [person, personName]));
  return {
    people: [...names].map(([person, name]) => {
      const own = submissions.filter((one) => one.person === person);
      const answers = own.filter(({ value }) => value !== null).length;
      return { name, answers, skips: own.length - answers };
    }),
    agreement: {
      observed: finiteOrNull(found.observed),
      krippendorffAlpha: finiteOrNull(found.krippendorffAlpha),
      pairs: found.pairs.map(({ people: [a, b], tasks: common, cohenKappa }) => ({
        people: [names.get(a)!, names.get(b)!],
        tasks: common,
        cohenKappa: isMeasured ? null : finiteOrNull(cohenKappa),
      })),
    },
    agreed: agreed.length,
    undecidedRows: undecided.length,
    reviewed: reviews.length,
    undecided: undecided.slice(0, UNDECIDED_SHOWN).map(undecidedView),
  };
}

function undecidedView({ taskId, row, answers, reason }: RowToReview) {
  return { task: taskId, row, answers, reason };
}

/** A row that waits for a reviewer, as the contract shows it. */
export function reviewView({ values, people, ...row }: TaskToReview): LabelTaskToReview {
  return { ...undecidedView(row), values: { ...values }, people };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
