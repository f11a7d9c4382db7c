import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { InferenceContext } from './context.ts';
import type { GrpcTransport } from './grpc/transport.ts';
import type { SecureListening } from './secure-front.ts';

export type Listeners = {
  server: Server;
  front: SecureListening | undefined;
  local: { close(): void } | undefined;
  grpc: GrpcTransport | undefined;
};

/** Ends a server whose phase is `draining` already: readiness fails and answers say that the connection closes. */
export async function drainServer(
  { server, front, local, grpc }: Listeners,
  context: InferenceContext,
): Promise<void> {
  const { drainGraceMs, drainDeadlineMs } = context.settings;
  if (drainGraceMs > 0) await pause(drainGraceMs);
  front?.close();
  local?.close();
  await Promise.all([closeServer(server, drainDeadlineMs), grpc?.drain(drainDeadlineMs)]);
  context.admission.stop();
  context.scaler.stop();
  await Promise.all([context.log.close(), context.tracer.close()]);
}

/** Resolves when every connection is gone: idle ones at once, busy ones after their answer or at the deadline. */
async function closeServer(server: Server, deadlineMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await new Promise<void>((resolve) => {
    // Not listening any more is no reason to fail.
    server.close(() => resolve());
  });
  clearTimeout(cut);
}
