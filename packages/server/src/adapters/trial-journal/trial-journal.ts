import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { JournalEntry, TrialJournal } from '../../stages/train/index.ts';

/** First bytes of a journal; another form is not read. */
const MAGIC = Buffer.from('slipway trials 1\n');
const HASH_BYTES = 32;
const HEAD_BYTES = 4 + HASH_BYTES;

/**
 * The journal of one search: a file in `folder` to which entries are appended, each with its length and SHA-256 before
 * it, and synced before `append` resolves. Entries are V8's own form of typed arrays and numbers, kept to the bit.
 */
export function openTrialJournal(folder: string): TrialJournal {
  const file = join(folder, 'journal');
  let writing: Promise<unknown> = Promise.resolve();
  let handle: FileHandle | undefined;

  const opened = async (): Promise<FileHandle> => {
    if (handle !== undefined) return handle;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { bytes } = readFrames(await contentOf(file));
    handle = await open(file, bytes === 0 ? 'w' : 'r+', 0o600);
    await handle.truncate(bytes); // what a crash left half written would hide all that comes after it
    if (bytes === 0) await handle.write(MAGIC, 0, MAGIC.length, 0);
    return handle;
  };
  const write = async (entry: JournalEntry) => {
    const into = await opened();
    const { size } = await into.stat();
    const frame = frameOf(serialize(entry));
    await into.write(frame, 0, frame.length, size);
    await into.datasync();
  };
  return {
    read: async () => readFrames(await contentOf(file)).entries,
    append(entry) {
      const written = writing.then(() => write(entry));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}

function contentOf(file: string): Promise<Buffer> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
}

function frameOf(payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(payload.length);
  return Buffer.concat([head, createHash('sha256').update(payload).digest(), payload]);
}

/** The entries up to the first that does not hold what its hash says, and how many bytes they take. */
function readFrames(content: Buffer): { entries: JournalEntry[]; bytes: number } {
  const entries: JournalEntry[] = [];
  if (!content.subarray(0, MAGIC.length).equals(MAGIC)) return { entries, bytes: 0 };
  let at = MAGIC.length;
  while (at + HEAD_BYTES <= content.length) {
    const length = content.readUInt32LE(at);
    const payload = content.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    const hash = content.subarray(at + 4, at + HEAD_BYTES);
    if (payload.length < length || !createHash('sha256').update(payload).digest().equals(hash)) break;
    entries.push(deserialize(payload) as JournalEntry);
    at += HEAD_BYTES + length;
  }
  return { entries, bytes: at };
}
