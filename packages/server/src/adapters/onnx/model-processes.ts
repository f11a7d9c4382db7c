import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { fail } from '@slipway/contract';
import type {
  ElementType,
  MeasurableProcess,
  ModelProcesses,
  ModelProcessRequest,
  RunCost,
  Tensor,
  TensorParts,
  TensorSpec,
} from '../../stages/pack/index.ts';
import { watchMemoryKills } from '../processes/memory-kills.ts';
import {
  type ConfinedProcess,
  type Confinement,
  endOf,
  installationReads,
  openSandbox,
  type Sandbox,
  type SandboxMode,
} from '../sandbox/index.ts';
import { NO_TELEMETRY } from './no-telemetry.ts';
import { type Frame, frameReader } from './process/frame-reader.ts';
import {
  FRAME_FD,
  frameHead,
  type OwnerSays,
  type ProcessOrder,
  type ProcessSays,
  type RuntimeSpec,
} from './process/frames.ts';

/**
 * Models in processes of their own, confined as far as this machine can, which the first one finds out. `entry` is the built `model-process.js`.
 *
 * Processes rather than threads: a fault in native code ends every thread of its process, and a thread that is inside native
 * code cannot be ended (docs/adr, measured).
 */
export function modelProcesses(entry: string, mode: SandboxMode = 'auto'): ModelProcesses {
  let opening: Promise<Sandbox> | undefined;
  return {
    async start(request) {
      opening ??= openSandbox(mode, entry);
      return startProcess({ entry, sandbox: await opening }, request);
    },
  };
}

type Means = { entry: string; sandbox: Sandbox };

async function startProcess(means: Means, request: ModelProcessRequest): Promise<MeasurableProcess> {
  const child = childOf(means, request);
  const first = await child.next(request.loadTimeoutMs);
  const { head } = first;
  if (head.is === 'loaded') return child.process(head.inputs.map(specOf), head.outputs.map(specOf));
  child.kill();
  throw fail('model.refused-by-runtime', {
    reason: head.is === 'refused' ? head.reason : 'it said something else',
  });
}

/** Throws `model.refused-by-runtime` where the file cannot be opened. */
function childOf(means: Means, request: ModelProcessRequest): ChildOfModel {
  try {
    return new ChildOfModel(means, request);
  } catch (cause) {
    throw fail('model.refused-by-runtime', { reason: (cause as Error).message }, { cause });
  }
}

/** Below the thread that answers, which has a core when it needs one. */
const NICENESS = 5;

/** Where memory is used up the kernel ends a model, which is started again, not the platform; and a job before a model. */
const OOM_SCORE = 250;

/** ONNX Runtime reads files of its own and of the system while it starts. */
const OPEN_FILES = 256;
/** Processes and threads of a model: Node's own, and those that compute. */
const processesOfModel = () => 128 + 4 * availableParallelism();

/**
 * A model computes from a socket to the same socket: it reads the programs, and writes nothing.
 */
function confinementOf(entry: string, { providers }: ModelProcessRequest): Confinement {
  const isOnCpu = providers.every((provider) => provider === 'cpu');
  return {
    reads: installationReads(entry),
    writes: [],
    confines: false,
    devices: !isOnCpu,
    ownUser: isOnCpu,
    limits: {
      openFiles: OPEN_FILES,
      processes: processesOfModel(),
      writesFiles: false,
      niceness: NICENESS,
      oomScoreAdjust: OOM_SCORE,
    },
  };
}

/** The process that holds the graph; the file is open before the process is confined, and may be out of its reach. */
function startConfined({ entry, sandbox }: Means, request: ModelProcessRequest): ConfinedProcess {
  const { path, sha256, providers, memoryBytes } = request;
  const order: ProcessOrder = { path, sha256, providers, memoryBytes };
  const file = openSync(path, 'r');
  try {
    return sandbox.start(confinementOf(entry, request), {
      command: [process.execPath, entry, JSON.stringify(order)],
      environment: NO_TELEMETRY,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', file],
    });
  } finally {
    closeSync(file);
  }
}

/** One life of a process. */
class ChildOfModel {
  readonly #child: ChildProcess;
  readonly #programPid: () => number;
  readonly #socket: Socket;
  readonly #ended: Promise<string>;
  readonly #memoryBytes: number;
  #waiting: { resolve: (frame: Frame) => void; reject: (error: Error) => void } | undefined;
  /** Why we ended it, when we did. */
  #killedFor: string | undefined;
  #isGone = false;
  readonly #kills = watchMemoryKills();

  constructor(means: Means, request: ModelProcessRequest) {
    this.#memoryBytes = request.memoryBytes;
    const { child, programPid } = startConfined(means, request);
    this.#child = child;
    this.#programPid = programPid;
    this.#socket = this.#child.stdio[FRAME_FD] as Socket;
    const read = frameReader((frame) => this.#take(frame));
    this.#socket.on('data', (piece: Buffer) => {
      try {
        read(piece);
      } catch {
        this.kill('it said something that is no answer');
      }
    });
    this.#socket.on('error', () => {}); // told by its end
    this.#ended = this.#end();
  }

  kill(reason = 'it was ended'): void {
    this.#killedFor ??= reason;
    this.#child.kill('SIGKILL');
  }

  /** The next thing it says. */
  next(timeoutMs: number): Promise<Frame> {
    if (this.#isGone) return this.#ended.then((reason) => Promise.reject(lost(reason)));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.kill(`it took longer than ${timeoutMs} ms`), timeoutMs);
      const settle = <T>(then: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#waiting = undefined;
          then(value);
        };
      };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
    });
  }

  process(inputs: TensorSpec[], outputs: TensorSpec[]): MeasurableProcess {
    return {
      pid: this.#programPid(),
      inputs,
      outputs,
      ended: this.#ended,
      residentBytes: () => residentBytes(this.#programPid()),
      kill: () => this.kill(),
      run: (tensors, timeoutMs, maxBytes) => this.#run(tensors, timeoutMs, maxBytes),
      measure: (tensors, runs, timeoutMs) => this.#measure(tensors, runs, timeoutMs),
    };
  }

  async #run(
    tensors: readonly TensorParts[],
    timeoutMs: number,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<Tensor[]> {
    const answer = this.next(timeoutMs);
    if (!this.#isGone) this.#send(tensors, Number.isFinite(maxBytes) ? { maxBytes } : {});
    const { head, bytes } = await answer;
    if (head.is === 'done') {
      return head.tensors.map(({ name, type, shape }, i) => ({
        name,
        type: type as ElementType,
        shape,
        bytes: bytes[i]!,
      }));
    }
    if (head.is === 'too-large')
      throw fail('predict.answer-too-large', { bytes: head.bytes, limitBytes: maxBytes });
    throw runFailed(head);
  }

  async #measure(tensors: readonly TensorParts[], runs: number, timeoutMs: number): Promise<RunCost> {
    const answer = this.next(timeoutMs);
    if (!this.#isGone) this.#send(tensors, { runs });
    const { head } = await answer;
    if (head.is !== 'measured') throw runFailed(head);
    return { milliseconds: head.milliseconds, memoryBytes: head.memoryBytes };
  }

  #send(tensors: readonly TensorParts[], asked: Omit<OwnerSays, 'tensors'> = {}): void {
    const heads = tensors.map(({ name, type, shape, parts }) => {
      return { name, type, shape, bytes: parts.reduce((sum, { byteLength }) => sum + byteLength, 0) };
    });
    this.#socket.cork();
    this.#socket.write(frameHead({ tensors: heads, ...asked }));
    for (const { parts } of tensors) {
      for (const part of parts) if (part.byteLength > 0) this.#socket.write(part);
    }
    this.#socket.uncork();
  }

  #take(frame: Frame): void {
    this.#waiting?.resolve(frame);
  }

  async #end(): Promise<string> {
    const reason = await once(this.#child, 'exit').then(
      ([code, signal]) => this.#reasonOf(endOf(code as number | null, signal as NodeJS.Signals | null)),
      (error: Error) => `it did not start: ${error.message}`,
    );
    this.#isGone = true;
    this.#kills.end();
    this.#socket.destroy();
    this.#waiting?.reject(lost(reason));
    return reason;
  }

  #reasonOf({ code, signal }: ReturnType<typeof endOf>): string {
    if (signal === 'SIGUSR2')
      return `it took more than ${Math.round(this.#memoryBytes / 1024 ** 2)} MiB of memory`;
    if (this.#killedFor !== undefined) return this.#killedFor;
    if (signal === 'SIGKILL' && this.#kills.isRecent()) return 'the kernel ended it: out of memory';
    return signal === null ? `it ended with ${code}` : `it was ended by ${signal}`;
  }
}

/** As Linux tells it; elsewhere, and of a process that is gone, undefined. */
function residentBytes(pid: number): number | undefined {
  try {
    const told = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return told === null ? undefined : Number(told[1]) * 1024;
  } catch {
    return undefined;
  }
}

function runFailed(head: ProcessSays): Error {
  const reason = head.is === 'failed' ? head.reason : 'it answered something else';
  return fail('model.run-failed', { reason });
}

function lost(reason: string): Error {
  return fail('model.lost', { reason });
}

function specOf({ name, type, shape }: RuntimeSpec): TensorSpec {
  return { name, type: type as ElementType, shape };
}
