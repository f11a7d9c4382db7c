import { waitForJob } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common, gather, seconds, wholeNumber } from '../options.ts';
import { answer, say } from '../talk.ts';
import { sameFlags } from './up.ts';

type Options = CommonOptions & {
  target: string;
  name?: string;
  choices?: string[];
  numbers?: boolean;
  overlap?: number;
  lease?: number;
  limit?: number;
  columns?: string[];
  uncertainFirst?: string;
  modelVersion?: number;
  relabel?: boolean;
};

export function addLabelOpenCommand(label: Command): void {
  common(label.command('open'))
    .description('Open a queue of the rows whose target is missing.')
    .argument('<dataset>')
    .argument('[version]', 'of the dataset; the newest when left out', wholeNumber)
    .requiredOption('--target <column>', 'column to fill in; added if the dataset lacks it')
    .option('--name <name>', 'name of the queue (from dataset and target)')
    .option('--choices <values>', 'answers that may be given (those of the column)', gather)
    .option('--numbers', 'any number may be given')
    .option('--overlap <n>', 'how many people answer each row (1)', wholeNumber)
    .option('--lease <time>', 'how long a row is one person’s, such as 10m (10m)', seconds)
    .option('--limit <n>', 'at most so many rows (1000)', wholeNumber)
    .option('--columns <names>', 'columns that people see', gather)
    .option('--uncertain-first <model>', 'rows first of which this model is least sure')
    .option('--model-version <n>', 'of that model; its champion when left out', wholeNumber)
    .option('--relabel', 'ask about rows that have a value too')
    .action(async (dataset: string, version: number | undefined, options: Options) => {
      const client = await connect(options);
      const { target, name, choices, numbers, overlap, lease, limit, columns, relabel } = options;
      const { uncertainFirst: model, modelVersion } = options;
      const asked = { target, name, choices, numbers, overlap, leaseSeconds: lease, limit, columns, relabel };
      const job = await client.call['labelling.open']({
        body: { dataset, version, ...asked, model, modelVersion },
      });
      const { output } = await waitForJob(client, job.id);
      const { queue } = output as { queue: string };
      const opened = await client.call['labelling.get']({ params: { queue } });
      answer(opened, options.json, () => {
        say(
          `${opened.progress.tasks} rows of ${dataset} version ${opened.version} wait in the queue ${queue}.`,
        );
        say(`Next: slipway label work ${queue}${sameFlags(options)}`);
      });
    });
}
