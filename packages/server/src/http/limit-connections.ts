import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { clientNetwork } from './client-network.ts';
import type { HttpLimits } from './limits.ts';

/**
 * Closes connections beyond the limits as they come, in total and by address, and those whose client has not sent the headers of
 * a first request in time; Node's own check begins with the first byte.
 */
export function limitConnections(
  server: Server,
  {
    maxConnections,
    maxConnectionsPerAddress,
    headersTimeoutMs,
  }: Pick<HttpLimits, 'maxConnections' | 'maxConnectionsPerAddress' | 'headersTimeoutMs'>,
): void {
  const openOf = new Map<string, number>();
  const silent = new WeakMap<Socket, NodeJS.Timeout>();
  let open = 0;
  server.on('connection', (socket) => {
    const network = clientNetwork(socket.remoteAddress);
    const own = openOf.get(network) ?? 0;
    if (open >= maxConnections || own >= maxConnectionsPerAddress) return void socket.destroy();
    open++;
    openOf.set(network, own + 1);
    const timer = setTimeout(() => socket.destroy(), headersTimeoutMs);
    silent.set(socket, timer);
    socket.once('close', () => {
      clearTimeout(timer);
      open--;
      const left = (openOf.get(network) ?? 1) - 1;
      if (left === 0) openOf.delete(network);
      else openOf.set(network, left);
    });
  });
  server.on('request', ({ socket }) => clearTimeout(silent.get(socket)));
}
