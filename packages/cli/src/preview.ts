import { type OperationAnswer, ownValue, type ReadOptions, readingInWords } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import type { CommonOptions } from './options.ts';
import { answer, print, table } from './output.ts';
import type { UpOptions } from './platform.ts';
import { progressReporter } from './progress-reporter.ts';
import { findingLines } from './show-report.ts';
import { uploadFile } from './upload.ts';
import { onPlatform } from './use-platform.ts';

/** What the file is meant for, which decides how it is read; a new dataset when left out. */
export type PreviewPurpose = { dataset?: string; model?: string; version?: number; labelsOf?: string };

type Inspected = OperationAnswer<'uploads.inspect'>;

const ROWS_SHOWN = 10;
const COLUMNS_SHOWN = 12;
const CELL_SHOWN = 32;

/** Shows how a file would be read, and its first rows. Throws what reading it for that purpose throws. */
export async function previewFile(
  client: Client,
  file: string,
  ask: { read: ReadOptions | undefined; json: boolean | undefined; signal?: AbortSignal },
  purpose: PreviewPurpose = {},
): Promise<void> {
  const options = ask.signal && { signal: ask.signal };
  const progress = progressReporter(ask.json);
  const id = await uploadFile(client, file, { progress, ...options }).finally(progress.end);
  const body = { read: ask.read, limit: ROWS_SHOWN, ...purpose };
  const found = await client.call['uploads.inspect']({ params: { id }, body }, options);
  answer({ uploadId: id, ...found }, ask.json, () => showPreview(found));
}

/** The same for commands that may start a platform: one that was started is stopped again. */
export async function previewAlone(
  file: string,
  options: CommonOptions & UpOptions,
  read: ReadOptions | undefined,
  signal: AbortSignal,
): Promise<void> {
  const preview = (client: Client) => previewFile(client, file, { read, json: options.json, signal });
  const { platform } = await onPlatform({ ...options, temporary: true }, signal, preview);
  await platform?.stop();
}

function showPreview({ columns, rows, missingWords, report }: Inspected): void {
  const shown = columns.slice(0, COLUMNS_SHOWN);
  table(
    shown.map(({ name }) => cut(name)),
    rows.map((row) => shown.map(({ name }) => cellText(ownValue(row, name) ?? null))),
  );
  const more = columns.length > shown.length ? `, ${shown.length} of ${columns.length} columns` : '';
  const isHead = report.findings.some(({ code }) => code === 'head-only');
  const all = `${report.rows.toLocaleString('en')} rows${isHead ? ' that were read of a larger file' : ''}`;
  print(`The first ${rows.length} of ${all}${more}.\n`);
  table(
    ['column', 'type', 'role', 'how it is read'],
    columns.map(({ name, type, role, reading }) => [name, type, role ?? null, readingInWords(reading)]),
  );
  if (missingWords.length > 0) print(`Words that mean a missing value: ${missingWords.join(', ')}`);
  print();
  for (const line of findingLines(report.findings, process.stdout)) print(line);
  if (report.omitted > 0) print(`${report.omitted} more findings were left off.`);
  print('Nothing is stored.');
}

function cellText(cell: Inspected['rows'][number][string]): string | null {
  return cell === null ? null : cut(String(cell));
}

function cut(text: string): string {
  return text.length > CELL_SHOWN ? `${text.slice(0, CELL_SHOWN)}…` : text;
}
