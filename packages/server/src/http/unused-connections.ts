import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections that a client opened ahead of need and has not used. Node counts them as busy, so a server that closes
 * would wait for them until they time out; browsers and fetch both keep such ones.
 *
 * @returns what cuts them, now and from now on
 */
export function unusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  let closing = false;
  server.on('connection', (socket) => {
    if (closing) return void socket.destroy();
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  return () => {
    closing = true;
    for (const socket of unused) socket.destroy();
  };
}
