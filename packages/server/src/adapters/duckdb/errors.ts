import { basename } from 'node:path';
import { fail, isFailure } from '@slipway/contract';

/** A message of the driver or of the file system, and what it means in our words. The first match counts. */
const MEANINGS: readonly [pattern: RegExp, meaning: (reason: string, error: unknown) => Error][] = [
  [/INTERRUPT|Interrupted/, (_, cause) => fail('job.cancelled', {}, { cause })],
  // Before memory: the engine calls it out of memory too.
  [/max_temp_directory_size/, (_, cause) => fail('file.needs-disk', { file: 'given' }, { cause })],
  [
    /Out of Memory|could not allocate/i,
    (_, cause) => fail('file.needs-memory', { file: 'given' }, { cause }),
  ],
  [/No space left|ENOSPC|disk full/i, (_, cause) => fail('storage.full', {}, { cause })],
  [
    /JSON|CSV|Parquet|parquet|TProtocolException|don't know what type|Invalid Input|Invalid unicode|magic bytes|Conversion Error|Not implemented/,
    (reason, cause) =>
      fail('file.unreadable', { file: 'given', format: formatIn(reason), reason }, { cause }),
  ],
];

/** The driver's error in our words; what is not understood is passed on and becomes `internal` at the edge. */
export function translated(error: unknown): unknown {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(message));
  return meaning === undefined ? error : meaning[1](firstSentence(message), error);
}

export async function translating<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translated(error);
  }
}

/** The failure of opening a local file. */
export function fileFailure(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'EACCES') {
    return fail('file.not-found', { file: basename(path) }, { cause: error });
  }
  return translated(error);
}

function firstSentence(message: string): string {
  const line = message.split('\n', 1)[0]!.replace(/^[A-Za-z ]+Error: /, '');
  return line.replace(/"?\/[^\s"']*"?/g, 'the file').slice(0, 300);
}

function formatIn(message: string): string {
  if (/json/i.test(message)) return 'JSON';
  return /parquet|magic bytes|TProtocolException|don't know what type/i.test(message)
    ? 'Parquet'
    : 'delimited text';
}
