import { open } from 'node:fs/promises';
import { fail } from '@slipway/contract';
import { clean } from './output.ts';

const MEBIBYTE = 1024 ** 2;

/**
 * The text of a file that is read as a whole. Throws `file.not-found`, and `command.invalid` for one that is larger, however large its
 * file says that it is: a device and a pipe say nothing.
 */
export async function readFileUpTo(path: string, limitBytes: number): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw fail('file.not-found', { file: path }, { cause });
  });
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        const reason = `${clean(path)} has more than ${limitBytes / MEBIBYTE} MiB, which is the most of such a file`;
        throw fail('command.invalid', { reason });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EISDIR')
      throw fail('file.not-found', { file: path }, { cause });
    throw cause;
  } finally {
    await file.close();
  }
}
