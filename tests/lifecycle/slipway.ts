import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@slipway/sdk';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(ROOT, 'packages/cli/bin/slipway.js');

/** A table that every clone has, so that the pipeline run is tested on a bare machine too. */
export const PENGUINS = join(ROOT, 'node_modules/vega-datasets/data/penguins.json');

export type Finished = {
  code: number | null;
  /** What ended it, where it did not end itself. */
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
};

export type RunOptions = {
  env?: Record<string, string>;
  cwd?: string;
  /** What starts the program and becomes it, such as `setpriv` with its options. */
  starter?: readonly string[];
  /** The Node to run it with. */
  node?: string;
};

/** The built command line at work. */
export type Command = {
  pid: number;
  /** Sends a signal to the command, and to nothing else. */
  signal(name: NodeJS.Signals): void;
  /** Resolves when stderr has said something that matches; rejects when the command ends before. */
  says(pattern: RegExp): Promise<void>;
  /** Resolves with the first line on stdout; rejects when the command ends before. */
  firstLine(): Promise<string>;
  finished: Promise<Finished>;
};

const running = new Set<ChildProcess>();
let isCleaning = false;
const folders = new Set<string>();

/** Starts `slipway ARGS` as it is built, with none of the SLIPWAY_* of the person who tests. */
export function start(args: readonly string[], options: RunOptions = {}): Command {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SLIPWAY_'));
  const { starter = [], node = process.execPath } = options;
  const [file = node, ...rest] = [...starter, node, PROGRAM, ...args];
  const child = spawn(file, rest, {
    cwd: options.cwd ?? tmpdir(),
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const out = gathered(child, 'stdout');
  const err = gathered(child, 'stderr');
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout: out.text(), stderr: err.text() }));
  });
  const when = (read: { text(): string; onMore(listener: () => void): void }, pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(read.text());
        if (found !== null) resolve(found);
      };
      read.onMore(look);
      void finished.then(({ code, signal, stderr }) => {
        look();
        const how = signal ?? code;
        reject(new Error(`slipway ${args.join(' ')} ended with ${how} before ${pattern}: ${stderr}`));
      });
      look();
    });
  return {
    pid: child.pid!,
    signal: (name) => void child.kill(name),
    says: (pattern) => when(err, pattern).then(() => undefined),
    firstLine: () => when(out, /^(.*)\n/).then((found) => found[1]!),
    finished,
  };
}

/** Runs a command to its end. */
export function slipway(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return start(args, options).finished;
}

/** Runs a command with --json that must succeed (or end with `code`), and gives what it answered. */
export async function answerOf<T>(
  args: readonly string[],
  options: RunOptions & { code?: number } = {},
): Promise<T> {
  const { code, stdout, stderr } = await slipway([...args, '--json'], options);
  if (code !== (options.code ?? 0))
    throw new Error(`slipway ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** A platform that `slipway up` keeps running on free ports. */
export type Platform = {
  folder: string;
  url: string;
  inferenceUrl: string;
  pid: number;
  ownerKey: string;
  client: Client;
  /** Runs a command against it, and gives its --json answer. */
  answer<T>(args: readonly string[], options?: RunOptions & { code?: number }): Promise<T>;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts a command against it. */
  start(args: readonly string[], options?: RunOptions): Command;
  /** Resolves when it has ended as a test expects it to. */
  gone(): Promise<void>;
  /** Ends it as Ctrl-C does and gives its exit code. */
  stop(): Promise<number | null>;
};

const FREE_PORTS = ['--port', '0', '--inference-port', '0'];

export async function startPlatform(
  options: { folder?: string; env?: Record<string, string> } = {},
): Promise<Platform> {
  const folder = options.folder ?? (await newFolder());
  const env = { ...options.env, SLIPWAY_DATA: folder };
  const command = start(['up', ...FREE_PORTS, '--json'], { env });
  const ready = JSON.parse(await command.firstLine()) as Pick<Platform, 'url' | 'inferenceUrl' | 'pid'>;
  const ownerKey = (await readFile(join(folder, 'owner.key'), 'utf8')).trim();
  let isStopped = false;
  void command.finished.then(({ code, signal, stderr }) => {
    if (!isStopped && !isCleaning)
      process.stderr.write(
        `the platform in ${folder} ended with ${signal ?? code}: ${stderr.slice(-4000)}\n`,
      );
  });
  return {
    ...ready,
    folder,
    ownerKey,
    client: createClient({ server: ready.url, token: ownerKey }),
    answer: (args, given = {}) => answerOf(args, { ...given, env: { ...env, ...given.env } }),
    run: (args, given = {}) => slipway(args, { ...given, env: { ...env, ...given.env } }),
    start: (args, given = {}) => start(args, { ...given, env: { ...env, ...given.env } }),
    async gone() {
      isStopped = true;
      await command.finished;
    },
    async stop() {
      isStopped = true;
      command.signal('SIGINT');
      return (await command.finished).code;
    },
  };
}

/** A data folder that is not there yet, inside a temporary folder of its own. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-lifecycle-'));
  folders.add(folder);
  return join(folder, 'data');
}

/** Ends every command that a test left running, each in order, and removes the folders. */
export async function cleanUp(): Promise<void> {
  isCleaning = true;
  await Promise.all(
    [...running].map((child) => {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      return gone;
    }),
  );
  // What a command began may end a moment after it, and still write a file.
  const patient = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };
  for (const folder of folders) await rm(folder, patient);
  folders.clear();
  isCleaning = false;
}

/** Asks again and again until there is an answer; throws after the deadline, saying what did not come about. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 60_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`within ${deadlineMs / 1000} s there was no ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A table of ../shared/data, or undefined on a machine that has none. */
export function realTable(name: string): string | undefined {
  const path = join(ROOT, '../shared/data', name);
  return existsSync(path) ? path : undefined;
}

export const HAS_REAL_TABLES = realTable('telco_churn.csv') !== undefined;

function gathered(child: ChildProcess, stream: 'stdout' | 'stderr') {
  let text = '';
  const listeners: (() => void)[] = [];
  child[stream]!.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    for (const listener of listeners) listener();
  });
  return { text: () => text, onMore: (listener: () => void) => void listeners.push(listener) };
}
