import { fail } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { untilDone } from '../follow-job.ts';
import { keyboard } from '../labelling/keyboard.ts';
import { labelAtTerminal } from '../labelling/label-at-terminal.ts';
import { showQueue } from '../labelling/show-queue.ts';
import { showToReview } from '../labelling/show-review.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, say, table } from '../output.ts';
import { addLabelOpenCommand } from './label-open.ts';
import { quoted, sameFlags } from './up.ts';

export function addLabellingCommands(program: Command): void {
  const label = program
    .command('label')
    .description('Labelling queues: people fill in rows without a label.');
  addLabelOpenCommand(label);
  addQueueCommands(label);
  addTaskCommands(label);
  addReviewCommand(label);
  addApplyCommand(label);
}

function addQueueCommands(label: Command): void {
  common(label.command('list'))
    .description('List the queues.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['labelling.list']();
      answer(found, options.json, () =>
        table(
          ['queue', 'state', 'dataset', 'target', 'rows', 'done', 'applied to'],
          found.queues.map(({ name, state, dataset, version, target, progress, applied }) => [
            name,
            state,
            `${dataset} v${version}`,
            target,
            progress.tasks,
            progress.done,
            applied && `v${applied.version}`,
          ]),
        ),
      );
    });
  common(label.command('show'))
    .description('Show a queue: progress, people, agreement, rows that wait for review.')
    .argument('<queue>')
    .action(async (queue: string, options: CommonOptions) => {
      const found = await (await connect(options)).call['labelling.get']({ params: { queue } });
      answer(found, options.json, () => showQueue(found));
    });
  common(label.command('close'))
    .description('Close a queue; its labels are kept and can be applied.')
    .argument('<queue>')
    .action(async (queue: string, options: CommonOptions) => {
      const closed = await (await connect(options)).call['labelling.close']({ params: { queue } });
      answer(closed, options.json, () => say(`${queue} is closed.`));
    });
}

function addTaskCommands(label: Command): void {
  common(label.command('work'))
    .description('Label rows interactively in this terminal.')
    .argument('<queue>')
    .action(async (name: string, options: CommonOptions) => {
      if (!process.stdin.isTTY) {
        const reason = 'label work needs a terminal; scripts use label next and label submit';
        throw fail('command.invalid', { reason });
      }
      const client = await connect(options);
      const queue = await client.call['labelling.get']({ params: { queue: name } });
      const write = (text: string) => void process.stderr.write(text);
      const done = await labelAtTerminal(client, queue, { keys: keyboard(), write });
      answer(done, options.json, () => {
        say(`\n${done.answered} answered, ${done.skipped} skipped.`);
        say(`Next: slipway label apply ${name}${sameFlags(options)}`);
      });
    });
  common(label.command('next'))
    .description('Take the next row; it is reserved for you until the lease ends.')
    .argument('<queue>')
    .action(async (queue: string, options: CommonOptions) => {
      const found = await (await connect(options)).call['labelling.next']({ params: { queue } });
      answer(found, options.json, () => {
        if (found.task === null) return say('No more rows to label.');
        const { id, row, values } = found.task;
        table(
          ['column', 'value'],
          Object.entries(values).map(([name, value]) => [name, value === null ? null : String(value)]),
        );
        say(`\nRow ${row}. Next: slipway label submit ${queue} ${id} VALUE${sameFlags(options)}`);
      });
    });
  common(label.command('submit'))
    .description('Submit the label of the row you hold.')
    .argument('<queue>')
    .argument('<task>', 'id of the task, as printed by label next')
    .argument('<value>')
    .action(async (queue: string, task: string, value: string, options: CommonOptions) => {
      const call = { params: { queue, task }, body: { value } };
      const done = await (await connect(options)).call['labelling.submit'](call);
      answer(done, options.json, () => say(`${done.progress.done} of ${done.progress.tasks} rows done.`));
    });
  common(label.command('skip'))
    .description('Skip the row you hold; it goes to other people.')
    .argument('<queue>')
    .argument('<task>', 'id of the task, as printed by label next')
    .option('--reason <text>', 'why')
    .action(async (queue: string, task: string, options: CommonOptions & { reason?: string }) => {
      const call = { params: { queue, task }, body: { reason: options.reason } };
      const done = await (await connect(options)).call['labelling.skip'](call);
      answer(done, options.json, () => say('Skipped.'));
    });
}

function addReviewCommand(label: Command): void {
  common(label.command('review'))
    .description('List the rows without agreement, or decide one.')
    .argument('<queue>')
    .argument('[task]', 'id of the task to decide')
    .argument('[value]', 'its label')
    .option('--no-label', 'leave the row of the task without a label')
    .option('--limit <n>', 'maximum number of rows to list (default 100)', wholeNumber)
    .action(
      async (queue: string, task: string | undefined, value: string | undefined, options: ReviewOptions) => {
        const client = await connect(options);
        const withoutLabel = options.label === false;
        if (task === undefined) {
          if (withoutLabel) throw fail('command.invalid', { reason: '--no-label needs a task' });
          const query = options.limit === undefined ? {} : { limit: options.limit };
          const found = await client.call['labelling.toReview']({ params: { queue }, query });
          return answer(found, options.json, () => showToReview(queue, found, sameFlags(options)));
        }
        if (withoutLabel === (value !== undefined))
          throw fail('command.invalid', { reason: 'give a value for the task, or --no-label' });
        const decided = await client.call['labelling.review']({
          params: { queue, task },
          body: { value: value ?? null },
        });
        answer(decided, options.json, () => {
          say(`Decided. ${decided.left} rows wait for a reviewer.`);
          if (decided.left === 0) say(`Next: slipway label apply ${queue}${sameFlags(options)}`);
        });
      },
    );
}

type ReviewOptions = CommonOptions & { label?: boolean; limit?: number };

function addApplyCommand(label: Command): void {
  common(label.command('apply'))
    .description('Create a dataset version with the agreed labels filled in.')
    .argument('<queue>')
    .action(async (queue: string, options: CommonOptions) => {
      const client = await connect(options);
      const job = await client.call['labelling.apply']({ params: { queue } });
      await untilDone(client, job.id);
      const { dataset, target, applied, undecided } = await client.call['labelling.get']({
        params: { queue },
      });
      const made = { queue, dataset, target, ...applied!, undecidedRows: undecided.map(({ row }) => row) };
      answer(made, options.json, () => {
        say(`${made.rows} labels are in version ${made.version} of ${dataset}.`);
        if (made.undecided > 0)
          say(
            `${made.undecided} rows without agreement were left unchanged: slipway label review ${queue}${sameFlags(options)}`,
          );
        say(`Next: slipway ship ${dataset} --target ${quoted(target)}${sameFlags(options)}`);
      });
    });
}
