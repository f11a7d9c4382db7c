import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { untilDone } from '../follow-job.ts';
import { type CommonOptions, common, gather, seconds, wholeNumber } from '../options.ts';
import { answer, say } from '../output.ts';
import { readFileUpTo } from '../read-file-up-to.ts';
import { paint } from '../report-failure.ts';
import { sameFlags } from './up.ts';

type Options = CommonOptions & {
  target: string;
  name?: string;
  choices?: string[];
  choice?: string[];
  choicesFile?: string;
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
    .option(
      '--choices <values>',
      'allowed labels, separated by commas (default: values of the column)',
      gather,
    )
    .option('--choice <value>', 'one allowed label, which may contain commas; repeatable', oneMore)
    .option('--choices-file <file>', 'file with the allowed labels, one per line')
    .option('--numbers', 'labels are any number')
    .option('--overlap <n>', 'people who label each row (default 1)', wholeNumber)
    .option('--lease <time>', 'time that a row is reserved for one person (default 10m)', seconds)
    .option('--limit <n>', 'maximum number of rows (default 1000)', wholeNumber)
    .option('--columns <names>', 'columns that people see', gather)
    .option('--uncertain-first <model>', 'order rows by the uncertainty of this model, most uncertain first')
    .option('--model-version <n>', 'version of that model (default: its champion)', wholeNumber)
    .option('--relabel', 'include rows that already have a value')
    .action(async (dataset: string, version: number | undefined, options: Options) => {
      const client = await connect(options);
      const { target, name, numbers, overlap, lease, limit, columns, relabel } = options;
      const choices = await choicesOf(options);
      const { uncertainFirst: model, modelVersion } = options;
      const asked = { target, name, choices, numbers, overlap, leaseSeconds: lease, limit, columns, relabel };
      const job = await client.call['labelling.open']({
        body: { dataset, version, ...asked, model, modelVersion },
      });
      const { output } = await untilDone(client, job.id);
      const { queue, warnings = [] } = output as { queue: string; warnings?: string[] };
      const opened = await client.call['labelling.get']({ params: { queue } });
      answer({ ...opened, warnings }, options.json, () => {
        for (const warning of warnings) say(`${paint('33', 'warning:', process.stderr)} ${warning}`);
        say(
          `${opened.progress.tasks} rows of ${dataset} version ${opened.version} wait in the queue ${queue}.`,
        );
        say(`Next: slipway label work ${queue}${sameFlags(options)}`);
      });
    });
}

function oneMore(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The choices of all three options, in the order in which these are named here; undefined where none is given. */
async function choicesOf({ choices, choice, choicesFile }: Options): Promise<string[] | undefined> {
  if (choices === undefined && choice === undefined && choicesFile === undefined) return undefined;
  return [...(choice ?? []), ...(choices ?? []), ...(await linesOfFile(choicesFile))];
}

/** As the body of the request, into which it goes. */
const LARGEST_BYTES = 16 * 1024 ** 2;

async function linesOfFile(file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  const text = await readFileUpTo(file, LARGEST_BYTES);
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
