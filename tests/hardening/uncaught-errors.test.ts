import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';

/** Throws, or rejects, outside of any request whenever the process gets a signal: what no boundary can catch. */
const PLANT = `
let signals = 0;
process.on('SIGUSR2', () => {
  const error = new TypeError('planted ' + ++signals);
  if (signals % 2 === 0) Promise.reject(error);
  else setTimeout(() => { throw error; });
});`;

describe('an error of the control plane that nothing caught', () => {
  let server: ServerUnderTest;
  const status = () => server.client.call['system.status']();
  const plant = async (count: number) => {
    process.kill(server.pid, 'SIGUSR2');
    await vi.waitFor(async () => expect((await status()).internalErrors).toBe(count));
  };

  beforeAll(async () => {
    const execArgv = ['--import', `data:text/javascript,${encodeURIComponent(PLANT)}`];
    server = await startServer({ folder: await newFolder(), execArgv });
  }, 120_000);
  afterAll(cleanUp);

  it('is logged once with its stack, counted, and ends nothing', async () => {
    const { inference } = await status();
    for (let count = 1; count <= 4; count++) await plant(count);
    expect((await status()).inference).toEqual(inference);
    const log = await readFile(join(server.folder, 'logs', 'control.log'), 'utf8');
    const planted = log
      .split('\n')
      .filter((line) => line.includes('planted'))
      .map((line) => JSON.parse(line));
    expect(planted).toHaveLength(4);
    for (const [at, { err, uncaught }] of planted.entries()) {
      expect(uncaught).toBe(true);
      expect(err.stack).toMatch(new RegExp(`^TypeError: planted ${at + 1}\n +at `));
    }
  });

  it('ends the server in order, with code 1, when there were twenty in the last minute', async () => {
    for (let count = 5; count <= 20; count++) await plant(count);
    process.kill(server.pid, 'SIGUSR2');
    expect(await server.ended()).toBe(1);
  });
});
