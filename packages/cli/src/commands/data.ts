import { basename } from 'node:path';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { datasetName } from '../dataset-name.ts';
import { followJob } from '../follow-job.ts';
import { type CommonOptions, common } from '../options.ts';
import { progressReporter } from '../progress-reporter.ts';
import { answer, bytes, figure, print, say, table } from '../talk.ts';
import { uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

export function addDataCommands(program: Command): void {
  const data = program.command('data').description('Datasets and their versions.');
  common(data.command('add'))
    .description('Make a dataset of a file, or append a version to one.')
    .argument('<file>')
    .option('--name <name>', 'name of the dataset (from the file name)')
    .option('--append', 'append the rows to the dataset of that name')
    .action(async (file: string, options: CommonOptions & { name?: string; append?: boolean }) => {
      const client = await connect(options);
      const name = options.name ?? datasetName(basename(file));
      const progress = progressReporter(options.json);
      const uploadId = await uploadFile(client, file, { progress }).finally(progress.end);
      const job = await client.call['datasets.add']({
        body: { name, uploadId, append: options.append ?? false },
      });
      await followJob(client, job.id, progress);
      const version = await client.call['datasets.version']({ params: { name, version: 'latest' } });
      answer(version, options.json, () => {
        say(
          `${version.rows} rows and ${version.columns} columns are version ${version.version} of ${name} (${bytes(version.addedBytes)} added).`,
        );
        say(`Next: slipway data show ${name}${sameFlags(options)}`);
      });
    });
  common(data.command('list'))
    .description('List the datasets.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['datasets.list']();
      answer(found, options.json, () =>
        table(
          ['dataset', 'versions', 'rows', 'columns', 'size', 'newest'],
          found.datasets.map(({ name, versions, latest }) => [
            name,
            versions,
            latest.rows,
            latest.columns,
            bytes(latest.bytes),
            latest.createdAt,
          ]),
        ),
      );
    });
  common(data.command('show'))
    .description('Show a version of a dataset: schema and profile.')
    .argument('<dataset>')
    .argument('[version]', 'a number, or the latest')
    .action(async (name: string, version: string | undefined, options: CommonOptions) => {
      const client = await connect(options);
      const found = await client.call['datasets.version']({ params: { name, version: version ?? 'latest' } });
      answer(found, options.json, () => {
        print(
          `${name} version ${found.version}: ${found.rows} rows from ${found.source}, ${bytes(found.bytes)}`,
        );
        table(
          ['column', 'type', 'role', 'missing', 'distinct', 'mean', 'most frequent'],
          found.profile.map((one) => [
            one.name,
            one.type,
            one.role,
            one.missing,
            one.distinct,
            figure(one.numeric?.mean),
            one.top?.[0]?.value ?? null,
          ]),
        );
      });
    });
}
