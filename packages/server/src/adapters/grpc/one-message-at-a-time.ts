import type { Metadata, ServerInterceptor } from '@grpc/grpc-js';
import type { GrpcLimits } from '../../inference/index.ts';
import { sendInParts } from './send-in-parts.ts';

type Grpc = typeof import('@grpc/grpc-js');

/** What the messages of a call wait for. */
export type MessageGate = {
  /** The message that was let in is answered: the next one may come. */
  next(): void;
  /** Ends the call, whose reader reads no more. */
  cut(): void;
};

/**
 * Lets the messages of a call in one at a time, so that those that a caller sends ahead are not all in memory: one is answered, one waits,
 * counted by `hold`, and what comes behind it stays in the connection. Gives the interceptor for the server, the gate of a call by
 * its metadata, and what ends them all.
 */
export function oneMessageAtATime(grpc: Grpc, { hold }: Pick<GrpcLimits, 'hold'>) {
  const gates = new WeakMap<Metadata, MessageGate>();
  const open = new Set<MessageGate>();
  const interceptor: ServerInterceptor = (_, call) => {
    sendInParts(call);
    let isBusy = false;
    let waiting: { release: () => void; enter: () => void } | undefined;
    const leave = (): (() => void) | undefined => {
      const enter = waiting?.enter;
      waiting?.release();
      waiting = undefined;
      return enter;
    };
    const gate: MessageGate = {
      next() {
        const enter = leave();
        isBusy = enter !== undefined;
        enter?.();
      },
      cut: () => closeStream(call),
    };
    return new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, pass) {
            gates.set(metadata, gate);
            open.add(gate);
            pass(metadata);
          },
          onReceiveMessage(message: Buffer, pass) {
            const enter = () => pass(message);
            if (!isBusy) {
              isBusy = true;
              enter();
              return;
            }
            const held = hold(message.length);
            if ('release' in held) waiting = { enter, release: held.release };
            else call.sendStatus({ code: held.status, details: held.says });
          },
          onReceiveHalfClose: (pass) => pass(),
          // Told at the end of every call, however it ended.
          onCancel() {
            open.delete(gate);
            leave();
          },
        }),
    });
  };
  return {
    interceptor,
    gateOf: (metadata: Metadata) => gates.get(metadata),
    /** Ends all calls under way. */
    cutAll() {
      for (const gate of open) gate.cut();
    },
  };
}

/** HTTP/2's error code for a stream that is not needed any more. */
const CANCEL = 0x8;

/** The library has no word for it: its call holds the stream of HTTP/2. Where a later version does not, the reader is waited for. */
function closeStream(call: unknown): void {
  const { stream } = call as { stream?: { close?: unknown; destroy?: unknown } };
  if (typeof stream?.close === 'function') stream.close(CANCEL);
  if (typeof stream?.destroy === 'function') stream.destroy();
}
