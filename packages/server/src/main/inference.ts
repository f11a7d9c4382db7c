import { randomBytes } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fail, failureData, isFailure } from '@slipway/contract';
import { countsFile } from '../adapters/counts-file/index.ts';
import { createGrpcTransport } from '../adapters/grpc/index.ts';
import { listenLocally } from '../adapters/local-socket/index.ts';
import { modelProcesses } from '../adapters/onnx/index.ts';
import { openCallLog, openPredictionLog, outputPredictionLog } from '../adapters/prediction-log/index.ts';
import { endWithParent } from '../adapters/processes/index.ts';
import { CIPHERS, createTlsFront, readCertificate } from '../adapters/tls/index.ts';
import { valueThreads } from '../adapters/value-threads/index.ts';
import {
  type ControlChannel,
  createInferenceServer,
  type FolderReport,
  INFERENCE_SETTINGS,
  type InferenceFlags,
  type InferenceServer,
  type InferenceServerOptions,
  readFlags,
  serveControl,
  serveFolder,
} from '../inference/index.ts';
import { type CallLog, noPredictionLog, type PredictionLog } from '../stages/serve/index.ts';
import { keepServing } from './keep-serving.ts';
import { ignoreOutputErrors } from './outputs-that-may-fail.ts';

/**
 * The data-plane process.
 *
 *   inference --host 127.0.0.1 --port 7401 --log-dir DIR       forked by the control plane, which tells it what to serve
 *   inference --model-dir DIR --host 0.0.0.0 --port 8080       on its own, as a container runs it: one bundle
 *
 * On its own it also takes SageMaker's `serve` and SAGEMAKER_BIND_TO_PORT, Vertex AI's AIP_HTTP_PORT, AIP_HEALTH_ROUTE and
 * AIP_PREDICT_ROUTE, and SLIPWAY_LISTEN_PORT, SLIPWAY_ACCESS, SLIPWAY_TOKEN_FILE, SLIPWAY_PREDICTION_LOG and
 * SLIPWAY_SANDBOX and SLIPWAY_INFERENCE_* from the environment.
 */
async function main(): Promise<void> {
  ignoreOutputErrors();
  process.env['GRPC_SSL_CIPHER_SUITES'] ??= CIPHERS; // the transport of gRPC reads them when it is loaded
  const flags = readFlags(process.argv.slice(2), process.env);
  const { tls } = flags;
  const pair = tls && (await readCertificate(tls));
  const server = createInferenceServer({
    ...flags,
    log: await logOf(flags),
    calls: callLogOf(flags),
    processPart: processPart(),
    accessLog: accessLogSink(flags.settings.accessLog),
    grpc: (methods, limits) => createGrpcTransport(methods, limits, pair),
    secureFront: tls && (await createTlsFront({ files: tls, onBroken: reportBroken })),
    localFront: localFrontOf(flags),
    models: modelProcesses(fileURLToPath(new URL('./model-process.js', import.meta.url)), flags.sandbox),
    values: (threads) => valueThreads({ entry: new URL('./value-thread.js', import.meta.url), threads }),
    report: reportInternal,
    counts: flags.countsFile === undefined ? undefined : countsFile(flags.countsFile),
  });
  keepServing({ onUncaught: server.onUncaught, giveUp });
  if (flags.modelDir === undefined) await underControl(server, flags);
  else await onItsOwn(server, { ...flags, modelDir: flags.modelDir });
}

function localFrontOf({ socketFolder }: InferenceFlags): InferenceServerOptions['localFront'] {
  return socketFolder === undefined ? undefined : (server) => listenLocally(server, socketFolder);
}

/** For the log and the traces, when connections are closed. */
const DRAIN_MARGIN_MS = 5_000;

/** How long the server may take to answer what is under way, milliseconds. */
function drainMs({ settings }: InferenceFlags): number {
  const {
    drainGraceMs = INFERENCE_SETTINGS.drainGraceMs.default,
    drainDeadlineMs = INFERENCE_SETTINGS.drainDeadlineMs.default,
  } = settings;
  return drainGraceMs + drainDeadlineMs;
}

async function underControl(server: InferenceServer, flags: InferenceFlags): Promise<void> {
  endWithParent({ patienceMs: drainMs(flags) + DRAIN_MARGIN_MS });
  // Ctrl-C reaches the whole group of processes; the control plane decides when this one ends.
  process.on('SIGINT', () => {});
  const terminated = new Promise<void>((resolve) => process.once('SIGTERM', resolve));
  await Promise.race([serveControl(server, parentChannel()), terminated]);
  await server.drain();
}

async function onItsOwn(
  server: InferenceServer,
  flags: InferenceFlags & { modelDir: string },
): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const said: FolderReport[] = [];
  let isListening = false;
  const report = (line: FolderReport) => (isListening ? say(line) : void said.push(line));
  const { name, port, stop } = await serveFolder(server, flags, report);
  say({ event: 'listening', host: flags.host, port, endpoint: name });
  isListening = true;
  for (const line of said) say(line);
  for (const variable of flags.unknownVariables)
    say({ event: 'warning', says: `the variable ${variable} is none that this process reads` });
  await stopped;
  stop();
  await server.drain();
}

function parentChannel(): ControlChannel {
  if (process.send === undefined) throw new Error('not started by the control plane; give --model-dir');
  return {
    send: (message) => {
      // The parent may be gone by now; onDisconnect deals with that.
      process.send?.(message, undefined, undefined, () => {});
    },
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => void process.once('disconnect', listener),
  };
}

/** The prediction log of a folder or of the output. Throws `config.invalid` for a folder that cannot be written to. */
async function logOf({ logDir, modelDir }: InferenceFlags): Promise<PredictionLog> {
  if (logDir === undefined) return noPredictionLog();
  if (logDir === '-') return outputPredictionLog(process.stdout);
  if (modelDir !== undefined) await refuseUnwritable(logDir);
  return openPredictionLog({ folder: logDir });
}

/** Counts of calls stand beside the prediction log of a folder; an output has none. */
function callLogOf({ logDir }: InferenceFlags): CallLog | undefined {
  return logDir === undefined || logDir === '-' ? undefined : openCallLog({ folder: logDir });
}

async function refuseUnwritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = `the folder of the prediction log ${folder} cannot be written to (${code}); this process runs as user ${process.getuid?.()}`;
    throw fail('config.invalid', { reason }, { cause });
  }
}

/** Appends to the file, or writes to the output for `-`; lines that cannot be written are lost, never waited for. */
function accessLogSink(path = ''): ((lines: string) => void) | undefined {
  if (path === '') return undefined;
  const stream = path === '-' ? process.stdout : createWriteStream(path, { flags: 'a', mode: 0o600 });
  stream.on('error', (cause: Error) => say({ event: 'warning', says: `the access log: ${cause.message}` }));
  return (lines) => {
    if (stream.writableLength < MOST_LOG_BYTES_WAITING) stream.write(lines);
  };
}

const MOST_LOG_BYTES_WAITING = 16 * 1024 * 1024;

/** Eight letters of Crockford base 32. */
function processPart(): string {
  return Array.from(randomBytes(8), (byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte & 31]!).join('');
}

function reportInternal(failure: Error, requestId: string): void {
  say({ event: 'internal', requestId: requestId === '' ? undefined : requestId, cause: causeOf(failure) });
}

function causeOf({ cause }: Pick<Error, 'cause'>): string | undefined {
  return cause instanceof Error ? cause.stack : String(cause);
}

/** Too many errors that nothing caught: the control plane, or what runs the container, starts the process again. */
function giveUp(error: unknown): void {
  try {
    say({
      event: 'failed',
      says: 'too many uncaught errors within a minute',
      cause: causeOf({ cause: error }),
    });
  } finally {
    process.exit(1);
  }
}

function reportBroken(failure: unknown): void {
  say({ event: 'warning', says: failure instanceof Error ? failure.message : String(failure) });
}

/** One JSON line on stderr. */
function say(line: Record<string, unknown>): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    say({ event: 'failed', ...(isFailure(error) ? failureData(error) : { says: String(error) }) });
    process.exit(1);
  },
);
