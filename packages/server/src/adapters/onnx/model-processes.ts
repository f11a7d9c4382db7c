import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
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
} from '../../journey/pack/index.ts';
import { lowerPriority } from '../processes/lower-priority.ts';
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
 * Models in processes of their own. `entry` is the built `model-process.js`.
 *
 * Processes rather than threads: a fault in native code ends every thread of its process, and a thread that is inside native
 * code cannot be ended (docs/adr, measured).
 */
export function modelProcesses(entry: string): ModelProcesses {
  return { start: (request) => startProcess(entry, request) };
}

async function startProcess(entry: string, request: ModelProcessRequest): Promise<MeasurableProcess> {
  const child = new ChildOfModel(entry, request);
  const first = await child.next(request.loadTimeoutMs);
  const { head } = first;
  if (head.is === 'loaded') return child.process(head.inputs.map(specOf), head.outputs.map(specOf));
  child.kill();
  throw fail('model.refused-by-runtime', {
    reason: head.is === 'refused' ? head.reason : 'it said something else',
  });
}

/** Below the thread that answers, which has a core when it needs one. */
const NICENESS = 5;

/** One life of a process. */
class ChildOfModel {
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #ended: Promise<string>;
  readonly #memoryBytes: number;
  #waiting: { resolve: (frame: Frame) => void; reject: (error: Error) => void } | undefined;
  /** Why we ended it, when we did. */
  #killedFor: string | undefined;
  #isGone = false;

  constructor(entry: string, { path, sha256, providers, memoryBytes }: ModelProcessRequest) {
    const order: ProcessOrder = { path, sha256, providers, memoryBytes };
    this.#memoryBytes = memoryBytes;
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const;
    this.#child = spawn(process.execPath, [entry, JSON.stringify(order)], {
      env: { ...NO_TELEMETRY },
      stdio: [...stdio],
    });
    if (this.#child.pid !== undefined) lowerPriority(this.#child.pid, NICENESS);
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
      pid: this.#child.pid!,
      inputs,
      outputs,
      ended: this.#ended,
      residentBytes: () => residentBytes(this.#child.pid!),
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
      ([code, signal]) => this.#reasonOf(code as number | null, signal as string | null),
      (error: Error) => `it did not start: ${error.message}`,
    );
    this.#isGone = true;
    this.#socket.destroy();
    this.#waiting?.reject(lost(reason));
    return reason;
  }

  #reasonOf(code: number | null, signal: string | null): string {
    if (signal === 'SIGUSR2')
      return `it took more than ${Math.round(this.#memoryBytes / 1024 ** 2)} MiB of memory`;
    if (this.#killedFor !== undefined) return this.#killedFor;
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
