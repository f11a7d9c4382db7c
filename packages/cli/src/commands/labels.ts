import { waitForJob } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, say } from '../talk.ts';
import { uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

export function addLabelCommands(program: Command): void {
  const labels = program.command('labels').description('What really happened, told later.');
  common(labels.command('add'))
    .description('Add labels by prediction id, from a file with the columns id and value, or one by one.')
    .argument('<endpoint>')
    .argument('<file-or-id>', 'a file, or a prediction id when a value follows')
    .argument('[value]', 'what really happened')
    .action(async (endpoint: string, fileOrId: string, value: string | undefined, options: CommonOptions) => {
      const client = await connect(options);
      const params = { name: endpoint };
      const { accepted, unknown } =
        value === undefined
          ? await addFile(client, endpoint, fileOrId)
          : await client.call['labels.add']({
              params,
              body: { labels: [{ id: fileOrId, value }], source: 'cli' },
            });
      answer({ endpoint, accepted, unknown }, options.json, () => {
        say(`${accepted} ${accepted === 1 ? 'label is' : 'labels are'} kept.`);
        if (unknown !== null && unknown > 0)
          say(
            `${unknown} of them ${unknown === 1 ? 'names' : 'name'} no prediction that ${endpoint} has logged; check the ids.`,
          );
        say(`Next: slipway monitor ${endpoint}${sameFlags(options)}`);
      });
    });
}

type Told = { accepted: number; unknown: number | null };

async function addFile(
  client: Awaited<ReturnType<typeof connect>>,
  endpoint: string,
  file: string,
): Promise<Told> {
  const uploadId = await uploadFile(client, file);
  const queued = await client.call['labels.addFile']({ params: { name: endpoint }, body: { uploadId } });
  const job = await waitForJob(client, queued.id);
  return job.output as Told;
}
