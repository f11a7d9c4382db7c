import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FailureData, fail, failureFrom, type Status } from '@slipway/contract';
import { say } from './output.ts';
import { progressReporter } from './progress-reporter.ts';

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
  memory: MemoryReport;
  /** Ends it in order and waits until it is gone. */
  stop(): Promise<void>;
  /** Resolves with the exit code, or the signal, when it ended, by whatever cause. */
  ended: Promise<number | NodeJS.Signals>;
};

/** What the control plane made of the memory that this machine or container has. */
export type MemoryReport = {
  limitMegabytes: number;
  jobMegabytes: number;
  shortJobs: number;
  trains: boolean;
  trainingNeedsMegabytes: number;
  /** Settings that are lower than usual, for want of memory. */
  lowered: string[];
  /** Processes that the kernel has ended for memory. */
  kills: number;
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
    const { ready, memory } = await untilReady(child, step);
    signal.throwIfAborted();
    return { ready, memory, ended, stop: () => stop(child, ended) };
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

/** What the control plane would make of the memory, or why it would not start. */
export function inspectMemory(options: UpOptions): MemoryReport | { refused: string } {
  const run = spawnSync(process.execPath, [CONTROL, '--inspect-memory', ...settingFlags(options)], {
    encoding: 'utf8',
  });
  if (run.status !== 0) return { refused: run.stderr.split('\n')[0]?.replace(/\.$/, '') ?? 'unknown' };
  return JSON.parse(run.stdout) as MemoryReport;
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

/** What the control plane sends while it starts, `ready` or `failure` at its end; and `kills` again and again. */
type StartMessage =
  | { memory: Omit<MemoryReport, 'kills'> }
  | { kills: number }
  | { step: string }
  | { ready: Ready }
  | { failure: FailureData };

function untilReady(
  child: ChildProcess,
  onStep: (step: string) => void,
): Promise<Pick<PlatformProcess, 'ready' | 'memory'>> {
  const memory: MemoryReport = { ...UNKNOWN_MEMORY };
  return new Promise((resolve, reject) => {
    child.on('message', (message: StartMessage) => {
      if ('memory' in message) Object.assign(memory, message.memory);
      else if ('kills' in message) memory.kills = message.kills;
      else if ('step' in message) onStep(message.step);
      else if ('ready' in message) resolve({ ready: message.ready, memory });
      else reject(failureFrom(message.failure));
    });
    child.once('exit', (code, signal) => {
      const { limitMegabytes } = memory;
      if (isEndedForMemory(signal, memory)) return reject(fail('start.out-of-memory', { limitMegabytes }));
      const reason =
        signal === null
          ? `the control plane ended with code ${code}`
          : endedBy('the control plane', signal, memory);
      reject(fail('start.failed', { reason }));
    });
  });
}

const UNKNOWN_MEMORY: MemoryReport = {
  ...{ limitMegabytes: 0, jobMegabytes: 0, shortJobs: 0, trains: true, trainingNeedsMegabytes: 0 },
  ...{ lowered: [], kills: 0 },
};

/** In words: `who` was ended by a signal from outside. Asks the kernel whether memory was used up. */
export function endedBy(who: string, signal: NodeJS.Signals, memory: MemoryReport): string {
  if (!isEndedForMemory(signal, memory)) return `${who} was ended by ${signal}`;
  return `${who} was ended by the kernel: out of memory, of which this machine or container has ${memory.limitMegabytes} MiB`;
}

/** Whether the kernel has ended a process since it was asked last. */
function isEndedForMemory(signal: NodeJS.Signals | null, { kills }: MemoryReport): boolean {
  if (signal !== 'SIGKILL') return false;
  const now = inspectMemory({ data: '', dataGiven: false });
  return !('refused' in now) && now.kills > kills;
}

/** Asks once: a second signal would end it at once. */
async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (!child.killed && child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await ended;
}
