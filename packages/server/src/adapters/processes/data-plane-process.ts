import { fail, failureFrom, type SlipwayError } from '@slipway/contract';
import { flagOf, type InferenceMessage, type InferenceSettings } from '../../inference/index.ts';
import type { DataPlane, DataPlaneStats, EndpointOutcome, RoutingTable } from '../../stages/deploy/index.ts';
import type { ProcessRecord } from '../data-folder/index.ts';
import { type InferenceChild, startInference } from './inference-child.ts';
import type { MemoryKillWatch } from './memory-kills.ts';
import { temporaryIn } from './temporary-in.ts';
import { type Waiters, waiters } from './waiters.ts';
import { type Watchdog, watchdog } from './watchdog.ts';

export type DataPlaneProcessOptions = {
  /** The built `inference.js`. */
  entry: string;
  host: string;
  /** 0 takes any free one and keeps it over restarts. */
  port: number;
  /** Folder of the prediction log. */
  logDir: string;
  /** File in which the counts of endpoints are kept over restarts; they start from zero without. */
  countsFile?: string;
  allowedHosts?: readonly string[];
  /** Where it and its libraries put temporary files; that of the system without. */
  temporaryFolder?: string;
  /** Where it opens a socket for jobs that have no network; none without. */
  socketFolder?: string | undefined;
  /** How far it confines the processes of models. */
  sandbox?: 'auto' | 'required' | 'off';
  /** PEM files; it serves with TLS when there are. */
  tls?: { certificate: string; key: string } | undefined;
  /** By which address others reach it, where that is not where it listens. */
  publicUrl?: string;
  settings?: Partial<InferenceSettings>;
  /** A command that starts it with less than this process may do. */
  launcher?: readonly string[];
  /** Remembers which process it is. */
  record?: Pick<ProcessRecord, 'keep' | 'forget'>;
  /** Tells whether the kernel has just ended a process for memory. */
  memoryKills?: Pick<MemoryKillWatch, 'isRecent'>;
  /** Told each time the process ended without being asked to, and why where it was replaced because it no longer answered, or was ended for memory. */
  onDeath?: (reason?: string) => void;
};

/** The data plane as a child process that is started again whenever it dies. */
export type DataPlaneProcess = DataPlane & {
  /** Resolves when it listens. Throws `listen.in-use` or `dataplane.unavailable`. */
  start(): Promise<void>;
  /** Lets it finish what is under way and write its log, then ends it. Harmless when it is not running. */
  stop(): Promise<void>;
  /** Where programs of this machine reach it in the clear. */
  localUrl(): string;
  pid(): number | undefined;
  /** How often it was started again. */
  restarts(): number;
};

/** A machine at work on something else may take long to start a program. */
const START_TIMEOUT_MS = 60_000;
const APPLY_TIMEOUT_MS = 60_000;
const STATS_TIMEOUT_MS = 5_000;
/** Above the drain deadline of the process itself. */
const STOP_MARGIN_MS = 5_000;
const DEFAULT_DRAIN_MS = 25_000;
const OUT_OF_MEMORY = 'memory is used up (by the kernel)';
const LONGEST_RESTART_DELAY_MS = 1_000;
/** A process that lived this long was well; the next restart is immediate again. */
const HEALTHY_AFTER_MS = 10_000;

export function dataPlaneProcess(options: DataPlaneProcessOptions): DataPlaneProcess {
  let child: InferenceChild | undefined;
  let watched: Watchdog | undefined;
  let whyKilled: string | undefined;
  let port = options.port;
  let localPort = options.port;
  let table: { sequence: number; table: RoutingTable } | undefined;
  let sequence = 0;
  let appliedSequence = 0;
  let isListening = false;
  let isStopping = false;
  let deaths = 0;
  let restarts = 0;
  let launchedAt = 0;
  const started: Waiters<void> = waiters();
  const applied: Waiters<EndpointOutcome[]> = waiters();
  const measured: Waiters<DataPlaneStats> = waiters();
  const ended: Waiters<void> = waiters();

  function launch(): void {
    launchedAt = performance.now();
    const environment = options.temporaryFolder === undefined ? {} : temporaryIn(options.temporaryFolder);
    child = startInference(options.entry, argsOf({ ...options, port }), {
      ...{ launcher: options.launcher ?? [], environment, onMessage, onExit },
    });
    if (child.pid !== undefined) options.record?.keep(child.pid);
  }

  function onMessage(message: InferenceMessage): void {
    if (message.type === 'listening') onListening(message);
    else if (message.type === 'failed') started.rejectAll(failureFrom(message.failure));
    else if (message.type === 'pong') watched?.answered();
    else if (message.type === 'stats') measured.resolve(message.id, message.stats);
    else onApplied(message.sequence, message.outcomes);
  }

  function onListening(at: { port: number; localPort: number }): void {
    ({ port, localPort } = at);
    isListening = true;
    watch();
    started.resolveUpTo(Number.POSITIVE_INFINITY, undefined);
    if (table !== undefined) child?.send({ type: 'apply', ...table });
  }

  /** It is watched from when it listens: what takes long before that has a limit of its own. */
  function watch(): void {
    const current = child;
    if (current?.pid === undefined) return;
    watched = watchdog(current.pid, {
      ask: () => current.send({ type: 'ping' }),
      onStuck(reason) {
        whyKilled = reason;
        current.kill('SIGKILL');
      },
    });
  }

  function onApplied(done: number, outcomes: EndpointOutcome[]): void {
    appliedSequence = Math.max(appliedSequence, done);
    applied.resolveUpTo(done, outcomes);
  }

  function onExit(signal?: NodeJS.Signals | null): void {
    child = undefined;
    options.record?.forget();
    watched?.stop();
    const reason =
      whyKilled ?? (signal === 'SIGKILL' && options.memoryKills?.isRecent() ? OUT_OF_MEMORY : undefined);
    whyKilled = undefined;
    isListening = false;
    appliedSequence = 0;
    ended.resolveUpTo(Number.POSITIVE_INFINITY, undefined);
    measured.rejectAll(unavailable('it died'));
    if (isStopping) return;
    options.onDeath?.(reason);
    deaths = performance.now() - launchedAt > HEALTHY_AFTER_MS ? 0 : deaths + 1;
    setTimeout(relaunch, Math.min(LONGEST_RESTART_DELAY_MS, deaths < 2 ? 0 : 50 * 2 ** deaths));
  }

  function relaunch(): void {
    if (isStopping) return;
    restarts++;
    launch();
  }

  async function start(): Promise<void> {
    isStopping = false;
    const listening = started.wait(0, START_TIMEOUT_MS, unavailable('it did not start in time'));
    launch();
    try {
      await listening;
    } catch (failure) {
      await stop();
      throw failure;
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    applied.rejectAll(unavailable('it was stopped'));
    if (child === undefined) return;
    const last = child;
    watched?.stop();
    const patience = (options.settings?.drainDeadlineMs ?? DEFAULT_DRAIN_MS) + STOP_MARGIN_MS;
    const gone = ended.wait(0, patience, unavailable('it did not end in time'));
    last.send({ type: 'drain' });
    await gone.catch(() => last.kill('SIGKILL'));
  }

  function apply(wanted: RoutingTable): Promise<EndpointOutcome[]> {
    if (isStopping) return Promise.reject(unavailable('it was stopped'));
    table = { sequence: ++sequence, table: wanted };
    const outcomes = applied.wait(sequence, APPLY_TIMEOUT_MS, unavailable('it did not answer in time'));
    if (isListening) child?.send({ type: 'apply', ...table });
    return outcomes;
  }

  function stats(): Promise<DataPlaneStats> {
    if (!isListening || child === undefined) return Promise.reject(unavailable('it is starting'));
    const id = ++sequence;
    const answer = measured.wait(id, STATS_TIMEOUT_MS, unavailable('it did not answer in time'));
    child.send({ type: 'stats', id });
    return answer;
  }

  return {
    start,
    stop,
    apply,
    stats,
    ready: () => isListening && table !== undefined && appliedSequence >= table.sequence,
    url: () => addressOf(options.tls ? 'https' : 'http', options.host, port),
    localUrl: () => addressOf('http', options.tls ? '127.0.0.1' : options.host, localPort),
    pid: () => child?.pid,
    restarts: () => restarts,
  };
}

function addressOf(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function argsOf(options: DataPlaneProcessOptions): string[] {
  const { host, port, logDir, countsFile, allowedHosts = [], publicUrl = '', settings = {} } = options;
  const args = ['--host', host, '--port', String(port), '--log-dir', logDir];
  if (countsFile !== undefined) args.push('--counts-file', countsFile);
  if (allowedHosts.length > 0) args.push('--allowed-hosts', allowedHosts.join(','));
  if (options.tls) args.push('--tls-certificate', options.tls.certificate, '--tls-key', options.tls.key);
  if (options.socketFolder !== undefined) args.push('--socket-folder', options.socketFolder);
  if (options.sandbox !== undefined) args.push('--sandbox', options.sandbox);
  if (publicUrl !== '') args.push('--public-url', publicUrl);
  for (const [name, value] of Object.entries(settings)) args.push(`--${flagOf(name)}`, String(value));
  return args;
}

function unavailable(reason: string): SlipwayError {
  return fail('dataplane.unavailable', { reason });
}
