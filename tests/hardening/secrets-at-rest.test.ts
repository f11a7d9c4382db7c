import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFailure } from '@slipway/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';
import { shipSmall } from './small-table.ts';

afterAll(cleanUp);

/** Every file under the folder that holds one of the texts. */
async function filesThatHold(folder: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (texts.some((text) => content.includes(text))) found.push(path);
  }
  return found;
}

/** The names in a process's environment (Linux tells them). */
async function environmentOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return text.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.split('=')[0]!]));
}

describe('secrets', () => {
  it('are kept as hashes only: no key, token or password is in any file but owner.key', async () => {
    const folder = await newFolder();
    const server = await startServer({ folder });
    const secrets = await useSecrets(server);
    await server.end('SIGTERM');
    const other = await startServer({ folder });
    await other.client.call['keys.list']();
    const { processes } = await other.client.call['system.status']();
    const inference = processes.find(({ name }) => name === 'inference')!;
    if (process.platform === 'linux') {
      expect((await environmentOf(other.pid)).length).toBeGreaterThan(0);
      // Only what Node itself needs for the channel to its parent, where temporary files go, and what a shell adds that sets limits.
      expect(
        (await environmentOf(inference.pid)).filter(
          (name) => !name.startsWith('NODE_CHANNEL_') && !['TMPDIR', 'TEMP', 'TMP', 'PWD'].includes(name),
        ),
      ).toEqual([]);
    }
    await other.end('SIGKILL');
    // The data plane ends a moment after the server, and writes its counts until then.
    await expect.poll(() => isRunning(inference.pid), { timeout: 30_000 }).toBe(false);
    expect(await filesThatHold(folder, secrets)).toEqual([]);
    expect(await filesThatHold(folder, [server.ownerKey])).toEqual([join(folder, 'owner.key')]);
    // The search does find what is there: the names that the keys were given.
    expect((await filesThatHold(folder, ['a-name-to-find'])).length).toBeGreaterThan(0);
    // Nor is any secret of the platform's own there: they are made of 32 random bytes after `slipi_`.
    expect(await filesThatHold(folder, ['slipi_'])).toEqual([]);
  }, 180_000);
});

/** Makes keys and tokens, uses them well and badly, and gives them all. */
async function useSecrets(server: ServerUnderTest): Promise<string[]> {
  const { client, url } = server;
  const key = await client.call['keys.create']({ body: { name: 'a-name-to-find', role: 'viewer' } });
  const guess = 'slip_a-guess-that-nobody-made-0123456789';
  for (const bearer of [key.secret, guess, `${server.ownerKey}-spoiled`]) {
    await fetch(`${url}/api/v1/status`, { headers: { authorization: `Bearer ${bearer}` } });
    await fetch(`${url}/api/v1/status?token=${bearer}`);
  }
  const { endpoint } = await shipSmall(client, 'kept');
  const token = await client.call['tokens.create']({ params: { name: 'kept' }, body: { name: 'shop' } });
  const predicted = await client.predict({ url: endpoint!.url, token: token.secret }, [
    { age: 30, plan: 'gold', city: 'town1' },
  ]);
  expect(predicted.predictions).toHaveLength(1);
  const refused = await client
    .predict({ url: endpoint!.url, token: guess }, [{ age: 30, plan: 'gold', city: 'town1' }])
    .catch((error: unknown) => error);
  expect(isFailure(refused, 'access.unauthenticated')).toBe(true);
  return [key.secret, token.secret, guess, `${server.ownerKey}-spoiled`];
}
