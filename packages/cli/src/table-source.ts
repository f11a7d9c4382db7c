import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fail, isFailure, type TrainRequest } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { progressReporter } from './progress-reporter.ts';
import { type ReadingFlags, refuseReading } from './reading-options.ts';
import { refuseUnreadable, STANDARD_INPUT, type UploadOptions, uploadFile } from './upload.ts';

/**
 * Before anything is started for it: a table that is a file must be one, and a dataset takes no reading options. Throws
 * `command.invalid` and as `refuseUnreadable` does.
 */
export async function refuseUnreadableTable(table: string, flags: ReadingFlags): Promise<void> {
  if (isFile(table)) await refuseUnreadable(table);
  else
    refuseReading(
      flags,
      `${table} is a dataset, which was read when it was added; slipway data show tells how`,
    );
}

/** A name of a dataset has neither a dot nor a slash, so it is never taken for a file, unless there is such a file. */
export function isFile(table: string): boolean {
  return table === STANDARD_INPUT || existsSync(table) || !DATASET.test(table);
}

const DATASET = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:@(\d+))?$/;

/** What a pipeline run begins with: a file that was uploaded, or a dataset that is there already. */
export type TableSource = Pick<TrainRequest, 'uploadId' | 'dataset'>;

/**
 * {@link sourceOf} with a display of what was sent. A file can be sent once more where the platform ended before it had it; of a stream that
 * would be the rest alone, so that is `file.read-failed`.
 */
export async function uploaded(
  client: Client,
  table: string,
  { json, format }: { json?: boolean | undefined; format?: string | undefined },
  signal: AbortSignal,
): Promise<TableSource> {
  const progress = progressReporter(json);
  try {
    return await sourceOf(client, table, { progress, signal, format });
  } catch (error) {
    if (!isFailure(error, 'server.unreachable') || (await isRegular(table))) throw error;
    const reason = 'the platform ended while it was sent, and a stream cannot be read again';
    throw fail('file.read-failed', { file: table, reason }, { cause: error });
  } finally {
    progress.end();
  }
}

async function isRegular(table: string): Promise<boolean> {
  if (table === STANDARD_INPUT) return false;
  const found = isFile(table) ? await stat(table).catch(() => undefined) : undefined;
  return found === undefined || found.isFile();
}

/** Sends a file, or takes the name of a dataset apart. Throws as {@link refuseUnreadable} does. */
export async function sourceOf(
  client: Client,
  table: string,
  options: UploadOptions & { signal: AbortSignal },
): Promise<TableSource> {
  if (isFile(table)) return { uploadId: await uploadFile(client, table, options) };
  const [, name, version] = DATASET.exec(table)!;
  return { dataset: { name: name!, version: version === undefined ? 'latest' : Number(version) } };
}
