import { existsSync } from 'node:fs';
import type { TrainRequest } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
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

/** What a journey begins with: a file, which is uploaded, or a dataset that is there already. */
export async function sourceOf(
  client: Client,
  table: string,
  options: UploadOptions & { signal: AbortSignal },
): Promise<Pick<TrainRequest, 'uploadId' | 'dataset'>> {
  if (isFile(table)) return { uploadId: await uploadFile(client, table, options) };
  const [, name, version] = DATASET.exec(table)!;
  return { dataset: { name: name!, version: version === undefined ? 'latest' : Number(version) } };
}
