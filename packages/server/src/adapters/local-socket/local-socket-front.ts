import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fail } from '@slipway/contract';

/** The socket of the data plane in the folder that it was given. */
export const DATA_PLANE_SOCKET = 'data-plane.sock';

/** A socket that listens; closing takes no more connections. */
export type LocalSocket = { close(): void };

/**
 * Listens on a Unix socket in a folder and hands connections to a server, beside the addresses at which that listens. The folder decides
 * who may connect. A socket that a former process left is replaced. Linux only: the address goes by way of the open folder,
 * since the path of a socket may have 107 bytes and that of a data folder has more. Throws `listen.impossible`.
 */
export async function listenLocally(http: HttpServer, folder: string): Promise<LocalSocket> {
  const host = join(folder, DATA_PLANE_SOCKET);
  const directory = openSync(folder, 'r');
  const front = createServer((socket) => http.emit('connection', socket));
  try {
    rmSync(host, { force: true });
    front.listen(`/proc/self/fd/${directory}/${DATA_PLANE_SOCKET}`);
    await once(front, 'listening');
  } catch (cause) {
    closeSync(directory);
    throw fail('listen.impossible', { host, port: 0, reason: (cause as Error).message }, { cause });
  }
  front.once('close', () => closeSync(directory));
  return { close: () => void front.close() };
}
