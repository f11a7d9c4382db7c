import type { LabelQueueReport } from '@slipway/contract';
import { figure, print, table } from '../output.ts';

/** A queue on stdout: what it asks, how far it is, who answered, how far they agree. */
export function showQueue(queue: LabelQueueReport): void {
  const { progress, agreement } = queue;
  const asks = queue.choices === null ? 'any number' : `one of ${queue.choices.join(', ')}`;
  print(
    `${queue.name} (${queue.state}): ${queue.target} of ${queue.dataset} version ${queue.version} asks for ${asks}`,
  );
  print(
    `${progress.done} of ${progress.tasks} rows done, ${queue.agreed} labelled, ${queue.undecidedRows} wait for a reviewer`,
  );
  if (queue.orderedBy !== null)
    print(`Most uncertain first by ${queue.orderedBy.model} version ${queue.orderedBy.version}.`);
  if (queue.applied !== null)
    print(`${queue.applied.rows} labels are in version ${queue.applied.version} of ${queue.dataset}.`);
  if (queue.people.length > 0) {
    print();
    table(
      ['person', 'answers', 'skips'],
      queue.people.map(({ name, answers, skips }) => [name, answers, skips]),
    );
  }
  if (agreement.observed !== null) {
    print();
    print(
      `They agree on ${figure(agreement.observed * 100)} % of answer pairs; Krippendorff's alpha ${figure(agreement.krippendorffAlpha)}.`,
    );
  }
  if (queue.undecided.length > 0) {
    print();
    table(
      ['row for review', 'answers'],
      queue.undecided.map(({ row, answers }) => [row, answers.join(', ')]),
    );
  }
}
