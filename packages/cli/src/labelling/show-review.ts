import type { LabelTaskToReview, OperationAnswer } from '@slipway/contract';
import { say, table } from '../output.ts';

const COLUMNS_SHOWN = 6;

const REASONS: Record<LabelTaskToReview['reason'], string> = {
  'no-majority': 'no majority',
  'not-whole': 'no whole number in the middle',
  'too-few-answers': 'too few answers',
};

/** Rows that wait for a reviewer, on stdout. */
export function showToReview(
  queue: string,
  { total, tasks }: OperationAnswer<'labelling.toReview'>,
  flags: string,
): void {
  if (total === 0) {
    say('No row waits for a reviewer.');
    return;
  }
  table(
    ['task', 'row', 'why', 'answers', 'values'],
    tasks.map(({ task, row, reason, people, values }) => [
      task,
      row,
      REASONS[reason],
      people.map(({ name, value }) => `${name}: ${value ?? 'skipped'}`).join(', '),
      Object.entries(values)
        .slice(0, COLUMNS_SHOWN)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ]),
  );
  if (total > tasks.length) say(`${total - tasks.length} more; --limit shows more of them.`);
  say(`Next: slipway label review ${queue} TASK VALUE${flags}`);
}
