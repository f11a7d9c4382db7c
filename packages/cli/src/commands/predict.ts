import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail, type IngestFinding } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { type CommonOptions, common } from '../options.ts';
import { previewFile } from '../preview.ts';
import { progressReporter } from '../progress-reporter.ts';
import { type ReadingFlags, readOptionsOf, withReading } from '../reading-options.ts';
import { refuseNowhere, saveStream } from '../save-stream.ts';
import { sayWarnings } from '../show-report.ts';
import { answer, say } from '../talk.ts';
import { uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

type Options = CommonOptions & ReadingFlags & { out?: string; explain?: boolean };

export function addPredictCommand(program: Command): void {
  const predict = common(program.command('predict'))
    .description('Predict every row of a file through an endpoint.')
    .argument('<endpoint>')
    .argument('<file>', 'a table with the columns of the model; others are kept but not used')
    .option('--out <file>', 'where the rows with their predictions go: .csv or .ndjson (CSV on stdout)')
    .option('--explain', 'also what each column added to the answer (about a millisecond a row)')
    .action(async (endpoint: string, file: string, options: Options) => {
      const format = formatOf(options);
      const read = readOptionsOf(options);
      if (options.out !== undefined) await refuseNowhere(options.out);
      const client = await connect(options);
      if (options.preview)
        return previewFile(client, file, { read, json: options.json }, { model: endpoint });
      const progress = progressReporter(options.json);
      const uploadId = await uploadFile(client, file, { progress }).finally(progress.end);
      const queued = await client.call['endpoints.predictFile']({
        params: { name: endpoint },
        body: { uploadId, format, explain: options.explain ?? false, read },
      });
      const job = await followJob(client, queued.id, progress);
      const { rows, warnings = [] } = job.output as { rows: number; warnings?: IngestFinding[] };
      const chunks = await client.call['jobs.artifact']({ params: { id: job.id } });
      if (options.out !== undefined) await saveStream(options.out, chunks);
      else if (options.json) return printJson(endpoint, await gatherText(chunks), warnings);
      else await pipeline(Readable.from(chunks), process.stdout, { end: false });
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

/** Forms that are asked for by the name of the file and cannot be written here. */
const OTHER_FORMS = /\.(parquet|xlsx?|ods|avro|orc|feather|arrow)$/i;

/** Throws `command.invalid`. */
function formatOf({ out = '', json }: Options): 'ndjson' | 'csv' {
  const [, other] = OTHER_FORMS.exec(out) ?? [];
  if (other === undefined) return json || /\.(ndjson|jsonl)$/i.test(out) ? 'ndjson' : 'csv';
  const reason = `--out ${out}: give a file that ends in .csv or .ndjson; slipway batch predict writes .parquet`;
  throw fail('command.invalid', { reason });
}

async function gatherText(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function printJson(endpoint: string, ndjson: string, warnings: readonly IngestFinding[]): void {
  const predictions = ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { prediction: unknown }).prediction);
  process.stdout.write(`${JSON.stringify({ endpoint, predictions, warnings })}\n`);
}
