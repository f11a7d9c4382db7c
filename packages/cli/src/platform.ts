import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FailureData, fail, failureFrom, type Status } from '@slipway/contract';
import { progressReporter } from './progress-reporter.ts';
import { say } from './talk.ts';

/** The built control plane lies beside this program. */
const CONTROL = join(dirname(fileURLToPath(import.meta.url)), 'control.js');

export type Ready = {
  url: string;
  inferenceUrl: string;
  /** Where others reach the two. */
  publicUrl: string;
  inferencePublicUrl: string;
  dataFolder: string;
  ownerKeyMade: boolean;
  pid: number;
};
export type PlatformProcess = {
  ready: Ready;
  /** Ends it in order and waits until it is gone. */
  stop(): Promise<void>;
  /** Resolves with the exit code, or the signal, when it ended, by whatever cause. */
  ended: Promise<number | NodeJS.Signals>;
};

export type UpOptions = {
  data: string;
  /** Whether --data was given; otherwise the control plane finds the folder as this program did. */
  dataGiven?: boolean;
  host?: string;
  port?: string;
  inferencePort?: string;
  publicUrl?: string;
  inferencePublicUrl?: string;
  tlsCertificate?: string;
  tlsKey?: string;
  insecure?: boolean;
  adoptDatabase?: boolean;
  /** This command ends the platform when its own work is done. */
  temporary?: boolean;
  allowForeignFiles?: boolean;
  set?: string[];
};

/**
 * Starts the platform as a child process and waits until it answers, reporting each step of the start on standard error.
 * Throws what kept it from starting. It is a group of its own, so Ctrl-C reaches this program alone, which ends it when its own work is done; it also ends when this
 * program is gone. What it prints goes to stderr: stdout is for data.
 */
export async function startPlatform(
  options: UpOptions & { json?: boolean },
  signal: AbortSignal,
): Promise<PlatformProcess> {
  const child = fork(CONTROL, settingFlags(options), { stdio: ['ignore', 2, 2, 'ipc'], detached: true });
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 1)),
  );
  const giveUp = () => child.kill('SIGTERM');
  signal.addEventListener('abort', giveUp, { once: true });
  const progress = progressReporter(options.json);
  try {
    const step = (message: string) => {
      if (options.json || process.stderr.isTTY) progress.update({ phase: 'starting', share: null, message });
      else say(`  ${message}`);
    };
    const ready = await untilReady(child, step);
    signal.throwIfAborted();
    return { ready, ended, stop: () => stop(child, ended) };
  } catch (error) {
    await stop(child, ended);
    signal.throwIfAborted();
    throw error;
  } finally {
    progress.end();
    signal.removeEventListener('abort', giveUp);
  }
}

/** The configuration as the control plane would read it. */
export function printConfig(options: UpOptions): unknown {
  const run = spawnSync(process.execPath, [CONTROL, '--print-config', ...settingFlags(options)], {
    encoding: 'utf8',
  });
  if (run.status === 0) return JSON.parse(run.stdout);
  throw fail('config.invalid', {
    reason: run.stderr.split('\n')[0]?.replace(/^The configuration is not valid: |\.$/g, '') ?? 'unknown',
  });
}

/** What the control plane takes the data folder for, or why it refuses it; changes nothing. */
export function inspectDataFolder(
  options: UpOptions,
): { state: 'missing' | 'empty' | 'marked' | 'earlier' } | { refused: string } {
  const flags = settingFlags({ ...options, dataGiven: true });
  const run = spawnSync(process.execPath, [CONTROL, '--inspect-data', ...flags], { encoding: 'utf8' });
  if (run.status !== 0) return { refused: run.stderr.split('\n')[0]?.replace(/\.$/, '') ?? 'unknown' };
  return JSON.parse(run.stdout) as { state: 'missing' | 'empty' | 'marked' | 'earlier' };
}

/** How the control plane would confine jobs and models, or why it would not start. */
export function inspectSandbox(options: UpOptions): Status['sandbox'] | { refused: string } {
  const run = spawnSync(process.execPath, [CONTROL, '--inspect-sandbox', ...settingFlags(options)], {
    encoding: 'utf8',
  });
  if (run.status !== 0) return { refused: run.stderr.split('\n')[0]?.replace(/\.$/, '') ?? 'unknown' };
  return JSON.parse(run.stdout) as Status['sandbox'];
}

function settingFlags(options: UpOptions): string[] {
  const { data, dataGiven, host, port, inferencePort, publicUrl, inferencePublicUrl, insecure, set } =
    options;
  const given: [string, string | undefined][] = [
    ['storage.data', dataGiven === false ? undefined : data],
    ['http.host', host],
    ['http.port', port],
    ['http.inferencePort', inferencePort],
    ['http.publicUrl', publicUrl],
    ['http.inferencePublicUrl', inferencePublicUrl],
    ['http.tlsCertificate', options.tlsCertificate],
    ['http.tlsKey', options.tlsKey],
    ['http.insecure', insecure ? 'true' : undefined],
    ['storage.allowForeignFiles', options.allowForeignFiles ? 'true' : undefined],
  ];
  const flags = given.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  const once = options.adoptDatabase ? ['--adopt-database'] : [];
  if (options.temporary) once.push('--temporary');
  return [...once, ...[...flags, ...(set ?? [])].flatMap((flag) => ['--set', flag])];
}

/** What the control plane sends while it starts; the last one is of `ready` or `failure`. */
type StartMessage = { step: string } | { ready: Ready } | { failure: FailureData };

function untilReady(child: ChildProcess, onStep: (step: string) => void): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: StartMessage) => {
      if ('step' in message) onStep(message.step);
      else if ('ready' in message) resolve(message.ready);
      else reject(failureFrom(message.failure));
    });
    child.once('exit', (code, signal) => {
      const reason =
        signal === null ? `the control plane ended with code ${code}` : endedBy('the control plane', signal);
      reject(fail('start.failed', { reason }));
    });
  });
}

/** In words: `who` was ended by a signal from outside. */
export function endedBy(who: string, signal: NodeJS.Signals): string {
  const means = signal === 'SIGKILL' ? ' (kill -9, or the kernel where memory is used up)' : '';
  return `${who} was ended by ${signal}${means}`;
}

/** Asks once: a second signal would end it at once. */
async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (!child.killed && child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await ended;
}
