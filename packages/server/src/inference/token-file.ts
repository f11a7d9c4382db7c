import { open } from 'node:fs/promises';
import { hashSecret } from '../access/index.ts';

/**
 * What a token file says: hashes of its tokens (SHA-256, lower-case hex), or why there are none. `isUnlinked`: no folder has
 * an entry for the file. So is a single file mounted into a container (Docker, `subPath` of Kubernetes) once it was deleted or
 * replaced by renaming where it is mounted from: the container keeps the former file until it is restarted.
 */
export type TokenFile = { hashes: string[]; problem?: string; isUnlinked?: boolean };

const MOST_BYTES = 1024 * 1024;
const MOST_TOKENS = 1000;

/** Reads one token a line; empty lines and lines after a # do not count. A file that cannot be read has no tokens. */
export async function readTokenFile(path: string): Promise<TokenFile> {
  try {
    const { text, isUnlinked } = await contentOf(path);
    if (text === undefined) return { hashes: [], problem: `${path} is larger than ${MOST_BYTES} bytes` };
    const tokens = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    if (tokens.length === 0) return { hashes: [], problem: `${path} holds no token` };
    if (tokens.length > MOST_TOKENS)
      return { hashes: [], problem: `${path} holds more than ${MOST_TOKENS} tokens` };
    return { hashes: tokens.map(hashSecret), ...(isUnlinked && { isUnlinked }) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { hashes: [], problem: `${path} cannot be read (${code ?? message})` };
  }
}

async function contentOf(path: string): Promise<{ text: string | undefined; isUnlinked: boolean }> {
  const file = await open(path, 'r');
  try {
    const isUnlinked = (await file.stat()).nlink === 0;
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let used = 0;
    for (let read = -1; read !== 0 && used < bytes.length; used += read)
      ({ bytesRead: read } = await file.read(bytes, used, bytes.length - used));
    return { text: used > MOST_BYTES ? undefined : bytes.toString('utf8', 0, used), isUnlinked };
  } finally {
    await file.close();
  }
}

export type TokenFollower = {
  /** Reads the file once and takes what changed into use. Calls follow one another. */
  look(): Promise<void>;
  stop(): void;
};

/** How often the file is read: a mounted Secret of Kubernetes changes about a minute after the Secret itself. */
const LOOK_EVERY_MS = 5_000;

/**
 * Reads the token file again and again and tells `onTokens` of every change. A file without tokens or unlinked counts only
 * when it is read twice in a row: a program may be writing or replacing it. From then on a file without tokens lets nobody in.
 *
 * @param first what the file said when the process started
 */
export function followTokenFile(
  path: string,
  first: TokenFile,
  onTokens: (file: TokenFile) => Promise<void> | void,
  onError: (error: unknown) => void,
): TokenFollower {
  let inForce = stateOf(first);
  let wasUncertain = false;
  let looking: Promise<void> = Promise.resolve();
  const lookOnce = async () => {
    const file = await readTokenFile(path);
    const isUncertain = file.hashes.length === 0 || file.isUnlinked === true;
    const isSure = !isUncertain || wasUncertain;
    wasUncertain = isUncertain;
    if (!isSure || stateOf(file) === inForce) return;
    inForce = stateOf(file);
    await onTokens(file);
  };
  const look = () => {
    looking = looking.then(lookOnce).catch(onError);
    return looking;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}

function stateOf({ hashes, isUnlinked = false }: TokenFile): string {
  return [isUnlinked, ...[...new Set(hashes)].sort()].join(' ');
}
