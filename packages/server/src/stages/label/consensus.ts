import type { LabelQueue, LabelTask, Review, Submission } from './model.ts';

/** A row of the dataset version with its label: agreed by `votes` of `of` people, or decided by a reviewer. */
export type AgreedLabel = { row: number; label: string; votes: number; of: number };

/** Why people's answers to a row decide nothing. */
export type Undecided = 'no-majority' | 'not-whole' | 'too-few-answers';

/** A row that waits for a reviewer. */
export type RowToReview = { taskId: string; row: number; answers: string[]; reason: Undecided };

export type Consensus = {
  /** By row. */
  agreed: AgreedLabel[];
  /** By row; those that a reviewer decided are not among them. */
  undecided: RowToReview[];
};

export type AnswersOfQueue = {
  queue: Pick<LabelQueue, 'consensus' | 'reading' | 'overlap' | 'state'>;
  tasks: readonly LabelTask[];
  submissions: readonly Submission[];
  reviews: readonly Review[];
};

/**
 * What the rows of a queue are labelled with. A reviewer's decision counts before all; else, of rows that have all the answers
 * asked for, the answer of more than half of the people. Of measured numbers it is the median, which does not need two people
 * to say the same digits; never of numbers that are 0 and 1 alone. Nothing is decided by chance: rows without a majority, whose
 * median is no whole number where the column holds whole numbers, or with too few answers when the queue is closed wait for
 * a reviewer.
 */
export function consensusOf({ queue, tasks, submissions, reviews }: AnswersOfQueue): Consensus {
  const given = submissionsByTask(submissions);
  const decided = new Map(reviews.map((one) => [one.taskId, one]));
  const found: Consensus = { agreed: [], undecided: [] };
  for (const { id, row } of tasks.toSorted((a, b) => a.row - b.row)) {
    const own = given.get(id) ?? [];
    const answers = own.flatMap(({ value }) => value ?? []);
    const votesFor = (label: string) => answers.filter((one) => one === label).length;
    const review = decided.get(id);
    if (review !== undefined) {
      const label = review.value;
      if (label !== null) found.agreed.push({ row, label, votes: votesFor(label), of: answers.length });
      continue;
    }
    if (answers.length < queue.overlap) {
      if (own.length > 0 && queue.state === 'closed')
        found.undecided.push({ taskId: id, row, answers, reason: 'too-few-answers' });
      continue;
    }
    const outcome = outcomeOf(queue, answers);
    if (typeof outcome === 'string') found.undecided.push({ taskId: id, row, answers, reason: outcome });
    else found.agreed.push({ row, label: outcome.label, votes: votesFor(outcome.label), of: answers.length });
  }
  return found;
}

export function submissionsByTask(submissions: readonly Submission[]): Map<string, Submission[]> {
  const byTask = new Map<string, Submission[]>();
  for (const one of submissions) {
    const own = byTask.get(one.taskId);
    if (own === undefined) byTask.set(one.taskId, [one]);
    else own.push(one);
  }
  return byTask;
}

function outcomeOf(
  { consensus, reading }: Pick<LabelQueue, 'consensus' | 'reading'>,
  answers: readonly string[],
): { label: string } | Undecided {
  const isTruth = answers.every((answer) => answer === '0' || answer === '1');
  if (consensus === 'majority' || isTruth) {
    const label = majority(answers);
    return label === undefined ? 'no-majority' : { label };
  }
  const middle = median(answers);
  if (reading?.whole === true && !Number.isInteger(middle)) return 'not-whole';
  return { label: String(middle) };
}

/** The answer of more than half; undefined when there is none. */
function majority(answers: readonly string[]): string | undefined {
  return answers.find((answer) => answers.filter((one) => one === answer).length * 2 > answers.length);
}

function median(answers: readonly string[]): number {
  const sorted = answers.map(Number).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
