import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail, type IngestFinding } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { type CommonOptions, common, gatherWhole, wholeNumber } from '../options.ts';
import { answer, say } from '../output.ts';
import { formatFlag, outputFormat, PREDICT_FORMATS } from '../output-format.ts';
import { previewFile } from '../preview.ts';
import { progressReporter } from '../progress-reporter.ts';
import { type ReadingFlags, readOptionsOf, refuseReading, withReading } from '../reading-options.ts';
import { saveStream, validateOutputPath } from '../save-stream.ts';
import { sayWarnings } from '../show-report.ts';
import { refuseUnreadable, uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

type Format = 'csv' | 'ndjson';
type Options = CommonOptions &
  ReadingFlags & { out?: string; format?: Format; explain?: boolean; horizon?: number; series?: string[] };

export function addPredictCommand(program: Command): void {
  const predict = common(program.command('predict'))
    .description('Predict every row of a file, or the next steps of a forecast, through an endpoint.')
    .argument('<endpoint>')
    .argument('[file]', 'table with the columns of the model; other columns are kept and not used')
    .option('--horizon <n>', 'of a forecast, without a file: the number of next steps', wholeNumber)
    .option('--series <name>', 'with --horizon: one series, repeatable (all when left out)', gatherWhole)
    .option(
      '--out <file>',
      'file for the rows with their predictions, .csv or .ndjson (default: CSV on stdout)',
    )
    .addOption(formatFlag(PREDICT_FORMATS))
    .option('--explain', 'add the contribution of each column to the prediction (about 1 ms per row)')
    .action(async (endpoint: string, file: string | undefined, options: Options) => {
      refuseUnclear(endpoint, file, options);
      const format = formatOf(options);
      const read = readOptionsOf(options);
      if (file !== undefined) await refuseUnreadable(file);
      if (options.out !== undefined) await validateOutputPath(options.out);
      const client = await connect(options);
      if (options.preview && file !== undefined)
        return previewFile(client, file, { read, json: options.json }, { model: endpoint });
      const progress = progressReporter(options.json);
      const { horizon, series, explain } = options;
      const uploadId =
        file === undefined ? undefined : await uploadFile(client, file, { progress }).finally(progress.end);
      const queued = await client.call['endpoints.predictFile']({
        params: { name: endpoint },
        body: { uploadId, horizon, series, format, explain, read },
      });
      const job = await followJob(client, queued.id, progress);
      const { rows, warnings = [] } = job.output as { rows: number; warnings?: IngestFinding[] };
      const chunks = await client.call['jobs.artifact']({ params: { id: job.id } });
      if (options.out !== undefined) await saveStream(options.out, chunks);
      else await print(options.json ? jsonOf(endpoint, chunks, warnings) : chunks);
      if (options.out !== undefined) {
        answer({ endpoint, rows, out: options.out, warnings }, options.json, () => {
          say(`${rows} rows predicted into ${options.out}.`);
          say(`Next: slipway monitor ${endpoint}${sameFlags(options)}`);
        });
      }
      if (!options.json) sayWarnings(warnings);
    });
  withReading(predict);
}

/** Throws `command.invalid` unless there is exactly one of file and horizon, with options that belong to it. */
function refuseUnclear(endpoint: string, file: string | undefined, options: Options): void {
  const { horizon, series } = options;
  const rules: [boolean, string][] = [
    [
      file === undefined && horizon === undefined,
      `give a file of rows, or for a forecast the number of its next steps, such as slipway predict ${endpoint} --horizon 1`,
    ],
    [file !== undefined && horizon !== undefined, 'give either a file or --horizon'],
    [series !== undefined && horizon === undefined, '--series belongs to --horizon'],
  ];
  const reason = rules.find(([applies]) => applies)?.[1];
  if (reason !== undefined) throw fail('command.invalid', { reason });
  if (file === undefined) refuseReading(options, '--horizon reads none');
}

/** Throws `command.invalid`. */
function formatOf({ out, format, json }: Options): Format {
  if (out !== undefined) return outputFormat(out, format, PREDICT_FORMATS);
  if (!json) return format ?? 'csv';
  if (format === undefined) return 'ndjson';
  throw fail('command.invalid', { reason: '--format with --json needs --out: without it stdout is JSON' });
}

function print(chunks: AsyncIterable<Uint8Array | string>): Promise<void> {
  return pipeline(Readable.from(chunks), process.stdout, { end: false });
}

/** One JSON object with the predictions of an NDJSON stream, piece by piece: they may be more than fit into memory. */
async function* jsonOf(
  endpoint: string,
  ndjson: AsyncIterable<Uint8Array>,
  warnings: readonly IngestFinding[],
): AsyncGenerator<string, void, undefined> {
  let separator = '';
  yield `{"endpoint":${JSON.stringify(endpoint)},"predictions":[`;
  for await (const lines of linesOf(ndjson)) {
    const predictions = lines.map((line) => (JSON.parse(line) as { prediction: unknown }).prediction);
    yield separator + predictions.map((one) => JSON.stringify(one)).join(',');
    separator = ',';
  }
  yield `],"warnings":${JSON.stringify(warnings)}}\n`;
}

/** The whole lines of a stream, as many at a time as arrive together. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}
