import { fail, type LabelsTaken } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { untilDone } from '../follow-job.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, say } from '../output.ts';
import { previewFile } from '../preview.ts';
import { type ReadingFlags, readOptionsOf, refuseReading, withReading } from '../reading-options.ts';
import { sayWarnings } from '../show-report.ts';
import { refuseUnreadable, uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

export function addLabelCommands(program: Command): void {
  const labels = program
    .command('labels')
    .description('Send actual outcomes (ground truth) of past predictions.');
  const add = common(labels.command('add'))
    .description(
      'Add labels by prediction id, from a file with the columns id, value and, if wanted, observed_at, or one by one.',
    )
    .argument('<endpoint>')
    .argument('<file-or-id>', 'a file, or a prediction id when a value follows')
    .argument('[value]', 'the actual outcome, as the dataset writes it')
    .option('--observed-at <time>', 'when the outcome of the one label was observed, ISO 8601')
    .action(async (endpoint: string, fileOrId: string, value: string | undefined, options: Options) => {
      const read = readOptionsOf(options);
      if (value !== undefined) refuseReading(options, 'a label is given as it is');
      const { observedAt } = options;
      if (value === undefined && observedAt !== undefined) {
        const reason = '--observed-at belongs to one label; a file has a column observed_at';
        throw fail('command.invalid', { reason });
      }
      if (value === undefined) await refuseUnreadable(fileOrId);
      const client = await connect(options);
      const params = { name: endpoint };
      if (options.preview)
        return previewFile(client, fileOrId, { read, json: options.json }, { labelsOf: endpoint });
      const taken =
        value === undefined
          ? await addFile(client, endpoint, fileOrId, options)
          : await client.call['labels.add']({
              params,
              body: { labels: [{ id: fileOrId, value, observedAt }], source: 'cli' },
            });
      answer({ endpoint, ...taken }, options.json, () => {
        sayTaken(endpoint, taken);
        say(`Next: slipway monitor ${endpoint}${sameFlags(options)}`);
      });
    });
  withReading(add);
}

type Options = CommonOptions & ReadingFlags & { observedAt?: string };

function sayTaken(endpoint: string, taken: LabelsTaken): void {
  const { accepted, replaced, repeated, missing, unknown, warnings } = taken;
  say(`${accepted} ${accepted === 1 ? 'label is' : 'labels are'} kept.`);
  if (replaced > 0) say(`${replaced} of them ${replaced === 1 ? 'replaces' : 'replace'} an earlier value.`);
  if (repeated > 0)
    say(
      `${repeated} ${repeated === 1 ? 'prediction was' : 'predictions were'} labelled twice; the last counts.`,
    );
  if (missing > 0)
    say(
      `${missing} ${missing === 1 ? 'row has' : 'rows have'} no value and ${missing === 1 ? 'was' : 'were'} left out.`,
    );
  if (unknown !== null && unknown > 0)
    say(
      `${unknown} of them ${unknown === 1 ? 'names' : 'name'} no prediction that ${endpoint} has logged; check the ids.`,
    );
  sayWarnings(warnings);
}

async function addFile(
  client: Awaited<ReturnType<typeof connect>>,
  endpoint: string,
  file: string,
  options: Options,
): Promise<LabelsTaken> {
  const uploadId = await uploadFile(client, file, { format: options.format });
  const queued = await client.call['labels.addFile']({
    params: { name: endpoint },
    body: { uploadId, read: readOptionsOf(options) },
  });
  const job = await untilDone(client, queued.id);
  return job.output as LabelsTaken;
}
