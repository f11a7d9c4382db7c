import type { IngestFinding, ReadOptions } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { previewFile } from '../preview.ts';
import { type ReadingFlags, readOptionsOf, refuseReading, withReading } from '../reading-options.ts';
import { sayWarnings } from '../show-report.ts';
import { answer, say } from '../talk.ts';
import { uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

export function addLabelCommands(program: Command): void {
  const labels = program.command('labels').description('What really happened, told later.');
  const add = common(labels.command('add'))
    .description('Add labels by prediction id, from a file with the columns id and value, or one by one.')
    .argument('<endpoint>')
    .argument('<file-or-id>', 'a file, or a prediction id when a value follows')
    .argument('[value]', 'what really happened')
    .action(async (endpoint: string, fileOrId: string, value: string | undefined, options: Options) => {
      const read = readOptionsOf(options);
      if (value !== undefined) refuseReading(options, 'a label is given as it is');
      const client = await connect(options);
      const params = { name: endpoint };
      if (options.preview)
        return previewFile(client, fileOrId, { read, json: options.json }, { labelsOf: endpoint });
      const { accepted, unknown, warnings }: Told =
        value === undefined
          ? await addFile(client, endpoint, fileOrId, read)
          : await client.call['labels.add']({
              params,
              body: { labels: [{ id: fileOrId, value }], source: 'cli' },
            });
      answer({ endpoint, accepted, unknown, ...(warnings && { warnings }) }, options.json, () => {
        say(`${accepted} ${accepted === 1 ? 'label is' : 'labels are'} kept.`);
        if (unknown !== null && unknown > 0)
          say(
            `${unknown} of them ${unknown === 1 ? 'names' : 'name'} no prediction that ${endpoint} has logged; check the ids.`,
          );
        say(`Next: slipway monitor ${endpoint}${sameFlags(options)}`);
        sayWarnings(warnings);
      });
    });
  withReading(add);
}

type Options = CommonOptions & ReadingFlags;
type Told = { accepted: number; unknown: number | null; warnings?: IngestFinding[] };

async function addFile(
  client: Awaited<ReturnType<typeof connect>>,
  endpoint: string,
  file: string,
  read: ReadOptions | undefined,
): Promise<Told> {
  const uploadId = await uploadFile(client, file);
  const queued = await client.call['labels.addFile']({
    params: { name: endpoint },
    body: { uploadId, read },
  });
  const job = await waitForJob(client, queued.id);
  return job.output as Told;
}
