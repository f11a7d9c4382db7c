import type { Batch } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { followBatch } from '../follow-batch.ts';
import { interruption } from '../interruption.ts';
import { type CommonOptions, common, gather } from '../options.ts';
import { answer, bytes, say, table } from '../output.ts';
import { BATCH_FORMATS, formatFlag, outputFormat } from '../output-format.ts';
import { previewFile } from '../preview.ts';
import { progressReporter } from '../progress-reporter.ts';
import { type ReadingFlags, readOptionsOf, withReading } from '../reading-options.ts';
import { saveStream, validateOutputPath } from '../save-stream.ts';
import { sayWarnings } from '../show-report.ts';
import { refuseUnreadableTable, sourceOf } from '../table-source.ts';
import { quoted, sameFlags } from './up.ts';

type PredictOptions = CommonOptions &
  ReadingFlags & { out?: string; format?: 'csv' | 'parquet'; keep?: string[]; explain?: boolean };

export function addBatchCommands(program: Command): void {
  const batch = program.command('batch').description('Batch predictions of files and datasets.');
  addPredict(batch);
  common(batch.command('list'))
    .description('List the batches.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['batches.list']();
      answer(found, options.json, () =>
        table(
          ['batch', 'state', 'model', 'rows of', 'done', 'began'],
          found.batches.map((one) => [
            one.id,
            one.state,
            modelOf(one),
            rowsOf(one),
            doneOf(one),
            one.createdAt,
          ]),
        ),
      );
    });
  common(batch.command('show'))
    .description('Show the progress or the result of a batch.')
    .argument('<batch>')
    .action(async (id: string, options: CommonOptions) => {
      const found = await (await connect(options)).call['batches.get']({ params: { id } });
      answer(found, options.json, () => showBatch(found, options));
    });
  common(batch.command('download'))
    .description('Download the result of a completed batch.')
    .argument('<batch>')
    .requiredOption('--out <file>', 'file for the rows with their predictions')
    .action(async (id: string, options: CommonOptions & { out: string }) => {
      await validateOutputPath(options.out);
      const client = await connect(options);
      await saveStream(options.out, await client.call['batches.result']({ params: { id } }));
      answer({ batch: id, out: options.out }, options.json, () => say(`Saved as ${options.out}.`));
    });
  common(batch.command('cancel'))
    .description('Cancel a batch; its partial result is removed.')
    .argument('<batch>')
    .action(async (id: string, options: CommonOptions) => {
      const found = await (await connect(options)).call['batches.cancel']({ params: { id } });
      answer(found, options.json, () => say(`${id} is ${found.state}.`));
    });
}

function addPredict(batch: Command): void {
  const predict = common(batch.command('predict'))
    .description('Predict every row of a file or a dataset version; resumes automatically after a crash.')
    .argument('<model>', 'an endpoint, or a model as NAME or NAME@VERSION')
    .argument('<rows>', 'a file, or a dataset as NAME or NAME@VERSION')
    .option(
      '--out <file>',
      'file for the rows with their predictions, .parquet or .csv; not needed with --preview',
    )
    .addOption(formatFlag(BATCH_FORMATS))
    .option(
      '--keep <columns>',
      'input columns to keep in the result: all, none, or names (default all)',
      gather,
    )
    .option('--explain', 'add the contribution of each column to the prediction')
    .action(async (model: string, rows: string, options: PredictOptions) => {
      await refuseUnreadableTable(rows, options);
      const read = readOptionsOf(options);
      if (options.preview) {
        const ask = { read, json: options.json, signal: interruption().signal };
        return previewFile(await connect(options), rows, ask, modelNamed(model));
      }
      const { out = '' } = options;
      const format = outputFormat(out, options.format, BATCH_FORMATS);
      await validateOutputPath(out);
      const client = await connect(options);
      const { signal } = interruption();
      const progress = progressReporter(options.json);
      const source = await sourceOf(client, rows, { progress, signal }).finally(progress.end);
      const started = await client.call['batches.start']({
        body: {
          ...modelNamed(model),
          ...source,
          format,
          keep: kept(options.keep),
          explain: options.explain ?? false,
          read,
        },
      });
      const done = await followBatch(client, started, progress, signal);
      await saveStream(out, await client.call['batches.result']({ params: { id: done.id } }), signal);
      answer({ ...done, out }, options.json, () => {
        const { rows: count, bytes: size } = done.result!;
        say(`${count} rows predicted by ${modelOf(done)} into ${out} (${bytes(size)}).`);
        sayWarnings(done.warnings);
      });
    });
  withReading(predict);
}

function modelNamed(text: string): { model: string; version?: number } {
  const [, model, version] = /^(.*?)(?:@(\d+))?$/s.exec(text)!;
  return version === undefined ? { model: model! } : { model: model!, version: Number(version) };
}

function kept(names: string[] | undefined): Batch['keep'] {
  if (names === undefined) return 'all';
  const [only] = names;
  return names.length === 1 && (only === 'all' || only === 'none') ? only : names;
}

function showBatch(batch: Batch, options: CommonOptions): void {
  const { id, state, failure, result } = batch;
  table(
    ['batch', 'state', 'model', 'rows of', 'done', 'began', 'ended'],
    [[id, state, modelOf(batch), rowsOf(batch), doneOf(batch), batch.createdAt, batch.endedAt]],
  );
  if (failure !== null) say(`\n${failure.message} ${failure.hint}`);
  if (result !== null)
    say(`\nNext: slipway batch download ${id} --out ${quoted(result.filename)}${sameFlags(options)}`);
}

function modelOf({ model: { name, version } }: Batch): string {
  return `${name} v${version}`;
}

function rowsOf({ source }: Batch): string {
  return 'file' in source ? source.file : `${source.dataset} v${source.version}`;
}

function doneOf({ progress }: Batch): string | null {
  return progress === null ? null : `${progress.rows} of ${progress.of}`;
}
