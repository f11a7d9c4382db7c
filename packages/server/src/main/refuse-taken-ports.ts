import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fail } from '@slipway/contract';
import { dataLayout } from '../adapters/data-folder/index.ts';
import type { Config } from './config.ts';

/**
 * Before anything is made: opening a new database takes long. The port of the data plane may be held by one that a former
 * server left, which is ended once the folder is this server's; of a folder that records one, the data plane itself tells that
 * its port is taken. Throws `listen.in-use`.
 */
export async function refuseTakenPorts({ http, storage }: Pick<Config, 'http' | 'storage'>): Promise<void> {
  const { host, port, inferencePort } = http;
  const mayHaveOrphan = existsSync(dataLayout(storage.data).dataPlane);
  for (const wanted of mayHaveOrphan ? [port] : [port, inferencePort])
    if (wanted !== 0 && (await isTaken(host, wanted))) throw fail('listen.in-use', { port: wanted });
}

/** Other reasons not to listen are told when listening begins. */
function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => done(code === 'EADDRINUSE'));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => done(false)));
  });
}
