import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';

/** Why no socket can be made in a folder, such as on a file system that has none; undefined where one can, and elsewhere than on Linux. */
export async function obstacleToSockets(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const directory = openSync(folder, 'r');
  const server = createServer();
  try {
    server.listen(`/proc/self/fd/${directory}/trial-${process.pid}.sock`);
    await once(server, 'listening');
    server.close(); // which removes it
    await once(server, 'close');
    return undefined;
  } catch (error) {
    return `the data folder takes no sockets: ${(error as Error).message}`;
  } finally {
    closeSync(directory);
  }
}
