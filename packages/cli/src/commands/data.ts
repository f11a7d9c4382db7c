import { datasetName, type OperationAnswer, readingInWords } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, clean, figure, print, say, table } from '../output.ts';
import { previewFile } from '../preview.ts';
import { progressReporter } from '../progress-reporter.ts';
import { type ReadingFlags, readOptionsOf, withReading } from '../reading-options.ts';
import { findingLines, sayReport } from '../show-report.ts';
import { nameOfSource, uploadFile } from '../upload.ts';
import { addVersionCommands } from './data-versions.ts';
import { sameFlags } from './up.ts';

type AddOptions = CommonOptions & ReadingFlags & { name?: string; append?: boolean };

export function addDataCommands(program: Command): void {
  const data = program.command('data').description('Datasets and their versions.');
  withReading(common(data.command('add')))
    .description('Make a dataset of a file, or append a version to one.')
    .argument('<file>')
    .option('--name <name>', 'name of the dataset (from the file name)')
    .option('--append', 'append the rows to the dataset of that name')
    .action(async (file: string, options: AddOptions) => {
      const read = readOptionsOf(options);
      const name = options.name ?? datasetName(await nameOfSource(file));
      const client = await connect(options);
      const { append = false } = options;
      if (options.preview)
        return previewFile(client, file, { read, json: options.json }, append ? { dataset: name } : {});
      const progress = progressReporter(options.json);
      const uploadId = await uploadFile(client, file, { progress, format: options.format }).finally(
        progress.end,
      );
      const job = await client.call['datasets.add']({ body: { name, uploadId, append, read } });
      await followJob(client, job.id, progress);
      const version = await client.call['datasets.version']({ params: { name, version: 'latest' } });
      answer(version, options.json, () => {
        say(
          `${version.rows} rows and ${version.columns} columns are version ${version.version} of ${name} (${bytes(version.addedBytes)} added).`,
        );
        const next = `slipway data show ${name}${sameFlags(options)}`;
        sayReport(version.report, next);
        say(`Next: ${next}`);
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
    .description('Show a version of a dataset: schema, profile and how its file was read.')
    .argument('<dataset>')
    .argument('[version]', 'a number, or the latest')
    .action(async (name: string, version: string | undefined, options: CommonOptions) => {
      const client = await connect(options);
      const found = await client.call['datasets.version']({ params: { name, version: version ?? 'latest' } });
      answer(found, options.json, () => {
        print(
          `${name} version ${found.version}: ${found.rows} rows from ${found.source}, ${bytes(found.bytes)}`,
        );
        const readings = new Map(found.schema.map((one) => [one.name, readingInWords(one.reading)]));
        table(
          ['column', 'type', 'role', 'missing', 'distinct', 'mean', 'most frequent', 'how it is read'],
          found.profile.map((one) => [
            one.name,
            one.type,
            one.role,
            one.missing,
            one.distinct,
            meanText(one),
            one.top?.[0]?.value ?? null,
            readings.get(one.name) ?? null,
          ]),
        );
        const words = found.missingWords.length === 0 ? 'none' : found.missingWords.join(', ');
        print(`\nWords that mean a missing value: ${clean(words)}`);
        if (found.report === null) return;
        const { source, format, rows, columns, findings, omitted } = found.report;
        print(`Read from ${clean(source)} (${format}): ${rows} rows, ${columns} columns.`);
        for (const line of findingLines(findings, process.stdout)) print(line);
        if (omitted > 0) print(`${omitted} more findings were left off.`);
      });
    });
  addVersionCommands(data);
}

type Profile = OperationAnswer<'datasets.version'>['profile'][number];

/** The mean of a column: of times a time, of numbers of more than five digits all digits before the point. */
function meanText({ type, numeric }: Profile): string {
  if (numeric === undefined || !Number.isFinite(numeric.mean)) return figure(undefined);
  if (type === 'timestamp') return new Date(numeric.mean).toISOString().replace(/\.\d+Z$/, 'Z');
  return Math.abs(numeric.mean) >= 1e5 && Math.abs(numeric.mean) < 1e15
    ? numeric.mean.toFixed(0)
    : figure(numeric.mean);
}
