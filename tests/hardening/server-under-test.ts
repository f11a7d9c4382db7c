import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@slipway/sdk';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONTROL = join(ROOT, 'dist', 'control.js');

export type ServerOptions = {
  folder: string;
  /** Settings as `--set` takes them. Ports are free ones unless given. */
  set?: readonly string[];
  environment?: Record<string, string>;
  /** Other arguments of the control plane. */
  args?: readonly string[];
  /** Flags of Node itself. */
  execArgv?: readonly string[];
  /** A program that starts Node and becomes it, with its arguments. */
  under?: readonly [string, ...string[]];
};

/** The whole platform as its own process, as `slipway up` starts it. */
export type ServerUnderTest = {
  url: string;
  inferenceUrl: string;
  folder: string;
  pid: number;
  ownerKey: string;
  /** As the owner. */
  client: Client;
  /** Milliseconds from the start of the process to its word that it is ready. */
  startMs: number;
  /** Ends it with the signal and gives its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits until it ends by itself, and gives its exit code. */
  ended(): Promise<number | null>;
};

/** What a start that was refused told. */
export class StartRefused extends Error {
  readonly code: string;
  constructor(code: string, says: string) {
    super(says);
    this.code = code;
  }
}

const running = new Set<ChildProcess>();
const folders = new Set<string>();

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-hardening-'));
  folders.add(folder);
  return join(folder, 'data');
}

/** Ends what a test left running and removes its folders. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...running].map((child) => ended(child, 'SIGKILL')));
  // The workers of a server that was killed end a moment after it, and may still write a file.
  const patient = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
  for (const folder of folders) await rm(folder, patient);
  folders.clear();
}

/** Starts the built platform. Throws {@link StartRefused} with the failure that it told. */
export async function startServer(options: ServerOptions): Promise<ServerUnderTest> {
  const begun = performance.now();
  const [starter, ...starting] = options.under ?? [process.execPath];
  const settings = ['http.port=0', 'http.inferencePort=0', ...(options.set ?? [])];
  const child = fork(
    CONTROL,
    [
      ...(options.args ?? []),
      ...[...settings, `storage.data=${options.folder}`].flatMap((one) => ['--set', one]),
    ],
    {
      cwd: tmpdir(),
      execPath: starter,
      execArgv: [...starting, ...(options.under ? [process.execPath] : []), ...(options.execArgv ?? [])],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  running.add(child);
  child.once('exit', () => running.delete(child));
  const { url, inferenceUrl } = await readiness(child);
  const startMs = performance.now() - begun;
  const ownerKey = (await readFile(join(options.folder, 'owner.key'), 'utf8')).trim();
  return {
    url,
    inferenceUrl,
    folder: options.folder,
    pid: child.pid!,
    ownerKey,
    client: createClient({ server: url, token: ownerKey }),
    startMs,
    end: (signal) => ended(child, signal),
    ended: () => ended(child),
  };
}

type Told = { ready?: { url: string; inferenceUrl: string }; failure?: { code: string; message: string } };

function readiness(child: ChildProcess): Promise<{ url: string; inferenceUrl: string }> {
  let talk = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      talk += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new StartRefused('exit', `it ended with code ${code}: ${talk}`)));
    child.on('message', ({ ready, failure }: Told) => {
      if (ready !== undefined) resolve(ready);
      if (failure !== undefined) reject(new StartRefused(failure.code, failure.message));
    });
  });
}

async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (signal !== undefined) child.kill(signal);
  await gone;
  return child.exitCode;
}
