import { setTimeout as pause } from 'node:timers/promises';
import { failureData, isFailure } from '@slipway/contract';
import type { EndpointOutcome, RoutingTable } from '../stages/deploy/index.ts';
import type { InferenceServer, Listening } from './inference-server.ts';
import { guarded } from './internal-errors.ts';
import { asFailure } from './problem.ts';
import type { ControlMessage, InferenceMessage } from './protocol.ts';

/** The channel to the process that started this one. */
export type ControlChannel = {
  send(message: InferenceMessage): void;
  onMessage(listener: (message: ControlMessage) => void): void;
  /** The other process is gone. */
  onDisconnect(listener: () => void): void;
};

/** How long a former process may take to let go of the port. */
const LISTEN_ATTEMPTS = 20;
const LISTEN_PAUSE_MS = 100;

/**
 * Runs the server as the control plane says. Resolves when it was told to drain, or when the control plane is gone:
 * a process that nobody rules must not hold the port.
 */
export async function serveControl(server: InferenceServer, channel: ControlChannel): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    channel.onDisconnect(resolve);
    channel.onMessage((message) => {
      if (message.type === 'drain') resolve();
    });
  });
  let applying: Promise<unknown> = Promise.resolve();
  channel.onMessage((message) => {
    if (message.type === 'stats') {
      const { id } = message;
      guarded(() => channel.send({ type: 'stats', id, stats: server.stats() }), server.onUncaught);
    }
    if (message.type === 'ping') channel.send({ type: 'pong' });
    if (message.type !== 'apply') return;
    const { sequence, table } = message;
    applying = applying.then(async () => {
      channel.send({ type: 'applied', sequence, outcomes: await outcomesOf(server, table) });
    });
  });
  try {
    channel.send({ type: 'listening', ...(await listenWithRetries(server)) });
  } catch (error) {
    channel.send({ type: 'failed', failure: failureData(asFailure(error)) });
    throw error;
  }
  await ended;
  await server.drain();
}

/** An error of ours is told to the control plane about every endpoint, and stands in the way of no later table. */
async function outcomesOf(server: InferenceServer, table: RoutingTable): Promise<EndpointOutcome[]> {
  try {
    return await server.apply(table);
  } catch (error) {
    server.onUncaught(error);
    const failure = failureData(asFailure(error));
    return table.endpoints.map(({ name }) => ({ name, ok: false, failure }));
  }
}

async function listenWithRetries(server: InferenceServer): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.listen();
    } catch (error) {
      if (!isFailure(error, 'listen.in-use') || attempt === LISTEN_ATTEMPTS) throw error;
      await pause(LISTEN_PAUSE_MS);
    }
  }
}
