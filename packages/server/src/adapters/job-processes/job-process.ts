import type { ChildProcess } from 'node:child_process';
import type { FailureData } from '@slipway/contract';
import { temporaryIn } from '../processes/temporary-in.ts';
import { type Confinement, endOf, type Sandbox } from '../sandbox/index.ts';
import type { FromJob, ToJob } from './protocol.ts';

export type JobOutcome =
  | { state: 'done'; output: unknown }
  | { state: 'failed'; failure: FailureData; cause: string | undefined }
  /** It died without a word: killed, out of memory, or crashed. */
  | { state: 'died'; says: string; signal?: string | undefined };

export type JobProcess = {
  /** Of the process that this one started, from which all others of the job descend. */
  rootPid: number;
  /** Of the job's own program. */
  pid(): number;
  outcome: Promise<JobOutcome>;
  /** SIGTERM, and SIGKILL when it has not gone within the grace. */
  stop(graceMs: number): Promise<void>;
};

/** Starts one process for one job. It ends by itself when this process dies, since its channel closes. */
export function startJobProcess(options: {
  file: string;
  message: ToJob;
  sandbox: Sandbox;
  confinement: Confinement;
  /** Of this job alone, and one that it may write to. */
  temporaryFolder: string;
  /** Of this process; the job sees what of it can be no secret. */
  environment: NodeJS.ProcessEnv;
  /** Limit of the process's JavaScript heap, MiB. */
  heapMegabytes: number;
  onProgress: (progress: unknown) => void;
  onLog: (line: string) => void;
}): JobProcess {
  const { sandbox, confinement, heapMegabytes, file } = options;
  const { child, programPid } = sandbox.start(confinement, {
    command: [process.execPath, `--max-old-space-size=${heapMegabytes}`, '--enable-source-maps', file],
    environment: {
      ...keptEnvironment(options.environment, sandbox),
      ...temporaryIn(options.temporaryFolder),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  forwardLines(child, options.onLog);
  const outcome = outcomeOf(child, options.onProgress);
  child.send(options.message, () => {}); // a failed send is followed by 'exit'
  return { rootPid: child.pid ?? -1, pid: programPid, outcome, stop: (graceMs) => stop(child, graceMs) };
}

/** Nothing that may hold a secret: only where programs and certificates lie, and language and time. */
const KEPT = ['PATH', 'HOME', 'SYSTEMROOT', 'LANG', 'LC_ALL', 'TZ', 'NODE_EXTRA_CA_CERTS'];

/** What in a sandbox has its own place. */
const INSIDE = { HOME: '/tmp', NODE_EXTRA_CA_CERTS: undefined };

function keptEnvironment(environment: NodeJS.ProcessEnv, { level }: Sandbox): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(environment).filter(([name]) => KEPT.includes(name)));
  return level === 'bubblewrap' ? { ...kept, ...INSIDE } : kept;
}

function outcomeOf(child: ChildProcess, onProgress: (progress: unknown) => void): Promise<JobOutcome> {
  return new Promise((resolve) => {
    let told: JobOutcome | undefined;
    child.on('message', (message: FromJob) => {
      if (message.type === 'progress') onProgress(message.progress);
      else if (message.type === 'done') told = { state: 'done', output: message.output };
      else told = { state: 'failed', failure: message.failure, cause: message.cause };
    });
    child.once('error', (error) => resolve({ state: 'died', says: error.message }));
    child.once('close', (...how) => {
      const { code, signal } = endOf(...how);
      const says = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
      resolve(told ?? { state: 'died', says, signal: signal ?? undefined });
    });
  });
}

async function stop(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(hard);
}

function forwardLines(child: ChildProcess, onLog: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLog(line);
    });
    stream?.on('end', () => rest !== '' && onLog(rest));
  }
}
