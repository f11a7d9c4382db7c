import { open } from 'node:fs/promises';
import { hashSecret } from '../access/index.ts';

/** What a token file says: hashes of its tokens (SHA-256, lower-case hex), or why there are none. */
export type TokenFile = { hashes: string[]; problem?: string };

const MOST_BYTES = 1024 * 1024;
const MOST_TOKENS = 1000;

/** Reads one token a line; empty lines and lines after a # do not count. A file that cannot be read has no tokens. */
export async function readTokenFile(path: string): Promise<TokenFile> {
  try {
    const text = await textOf(path);
    if (text === undefined) return { hashes: [], problem: `${path} is larger than ${MOST_BYTES} bytes` };
    const tokens = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    if (tokens.length === 0) return { hashes: [], problem: `${path} holds no token` };
    if (tokens.length > MOST_TOKENS)
      return { hashes: [], problem: `${path} holds more than ${MOST_TOKENS} tokens` };
    return { hashes: tokens.map(hashSecret) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { hashes: [], problem: `${path} cannot be read (${code ?? message})` };
  }
}

async function textOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    let used = 0;
    for (let read = -1; read !== 0 && used < bytes.length; used += read)
      ({ bytesRead: read } = await file.read(bytes, used, bytes.length - used));
    return used > MOST_BYTES ? undefined : bytes.toString('utf8', 0, used);
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
 * Reads the token file again and again and tells `onTokens` of every change. A file without tokens counts only when it is
 * read twice in a row: a program that writes it may have emptied it a moment ago. From then on nobody is let in.
 *
 * @param first what the file said when the process started
 */
export function followTokenFile(
  path: string,
  first: TokenFile,
  onTokens: (file: TokenFile) => Promise<void> | void,
  onError: (error: unknown) => void,
): TokenFollower {
  let inForce = textOfHashes(first);
  let wasEmpty = false;
  let looking: Promise<void> = Promise.resolve();
  const lookOnce = async () => {
    const file = await readTokenFile(path);
    const isEmpty = file.hashes.length === 0;
    const isSure = !isEmpty || wasEmpty;
    wasEmpty = isEmpty;
    if (!isSure || textOfHashes(file) === inForce) return;
    inForce = textOfHashes(file);
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

function textOfHashes({ hashes }: TokenFile): string {
  return [...new Set(hashes)].sort().join(' ');
}
