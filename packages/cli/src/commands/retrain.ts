import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { follow } from '../follow.ts';
import { interruption } from '../interruption.ts';
import { type CommonOptions, common, seconds, wholeNumber } from '../options.ts';
import { progressReporter } from '../progress-reporter.ts';
import { EXIT_REFUSED } from '../report-failure.ts';
import { showShipped } from '../show-shipped.ts';
import { answer } from '../talk.ts';
import { uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

type Options = CommonOptions & { budget: number; seed: number };

export function addRetrainCommand(program: Command): void {
  common(program.command('retrain'))
    .description('Append new rows, train again, and promote only if the gates hold.')
    .argument('<endpoint>')
    .argument('<file>', 'new rows with the columns of the dataset')
    .option('--budget <time>', 'time for training, such as 60s or 5m', seconds, 60)
    .option('--seed <n>', 'makes the same choices again', wholeNumber, 1)
    .action(async (endpoint: string, file: string, options: Options) => {
      const client = await connect(options);
      const interrupted = interruption();
      const progress = progressReporter(options.json);
      const uploadId = await uploadFile(client, file, { progress, signal: interrupted.signal }).finally(
        progress.end,
      );
      const started = await client.call['endpoints.retrain']({
        params: { name: endpoint },
        body: { uploadId, budgetSeconds: options.budget, seed: options.seed },
      });
      const journey = await follow(client, started, interrupted, options.json);
      answer(journey.result, options.json, () => showShipped(journey.result!, sameFlags(options)));
      if (journey.state === 'refused') process.exitCode = EXIT_REFUSED;
    });
}
