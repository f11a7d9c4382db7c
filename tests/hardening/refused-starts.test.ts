import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, newFolder, ROOT, startServer } from './server-under-test.ts';

afterAll(cleanUp);

/** A port that somebody else listens on until it is closed. */
async function takenPort(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, server };
}

describe('a server', () => {
  it.each(['0.0.0.0', '::', '192.168.7.7', 'example.com', '127.0.0.1.example.com', ''])(
    'refuses to listen on %j without TLS, and touches nothing',
    async (host) => {
      const folder = await newFolder();
      await expect(startServer({ folder, set: [`http.host=${host}`] })).rejects.toMatchObject({
        code: 'listen.insecure',
      });
      await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  it('listens beyond loopback when it is told that TLS ends before it', async () => {
    const set = ['http.host=0.0.0.0', 'http.insecure=true'];
    const server = await startServer({ folder: await newFolder(), set });
    expect((await fetch(`${server.url}/api/v1/health`)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it.each(['http.port', 'http.inferencePort'])(
    'says that the port of %s is in use, and leaves the folder free',
    async (key) => {
      const { port, server: other } = await takenPort();
      const folder = await newFolder();
      const refused = startServer({ folder, set: [`${key}=${port}`] });
      await expect(refused).rejects.toMatchObject({
        code: 'listen.in-use',
        message: expect.stringContaining(String(port)),
      });
      other.close();
      const server = await startServer({ folder, set: [`${key}=${port}`] });
      expect(await server.end('SIGTERM')).toBe(0);
    },
  );

  it('says why it cannot listen on an address that is not of this machine', async () => {
    const set = ['http.host=203.0.113.7', 'http.insecure=true'];
    await expect(startServer({ folder: await newFolder(), set })).rejects.toMatchObject({
      code: 'listen.impossible',
      message: expect.stringContaining('203.0.113.7'),
    });
  });

  it('says in one line that its database is damaged, and changes nothing of it', async () => {
    const folder = await newFolder();
    const server = await startServer({ folder });
    expect(await server.end('SIGTERM')).toBe(0);
    const control = join(folder, 'database', 'global', 'pg_control');
    const { size } = await stat(control);
    await writeFile(control, Buffer.alloc(size, 7));
    const refused = startServer({ folder });
    await expect(refused).rejects.toMatchObject({
      code: 'storage.damaged',
      message: expect.stringMatching(/^The database in .* cannot be opened: [^\n]*$/),
    });
    expect((await readFile(control)).equals(Buffer.alloc(size, 7))).toBe(true);
  }, 240_000);

  it('refuses a folder that another server has, and that one goes on', async () => {
    const folder = await newFolder();
    const first = await startServer({ folder });
    await expect(startServer({ folder })).rejects.toMatchObject({
      code: 'storage.locked',
      message: expect.stringContaining(String(first.pid)),
    });
    expect((await first.client.call['keys.list']()).keys).toHaveLength(1);
    expect(await first.end('SIGTERM')).toBe(0);
    const second = await startServer({ folder });
    expect(second.ownerKey).toBe(first.ownerKey);
    await second.end('SIGTERM');
  });

  it('is for its user alone: the folder 0700 and every file in it closed to others', async () => {
    const folder = await newFolder();
    const server = await startServer({ folder });
    const mode = async (path: string) => (await stat(path)).mode & 0o777;
    expect((await mode(folder)).toString(8)).toBe('700');
    expect((await mode(join(folder, 'owner.key'))).toString(8)).toBe('600');
    expect((await mode(join(folder, 'server.json'))).toString(8)).toBe('600');
    for (const name of await readdir(folder)) {
      if (name.startsWith('lock')) continue;
      expect((await mode(join(folder, name))) & 0o077, name).toBe(0);
    }
    await server.end('SIGTERM');
  });

  it('takes its settings from all four places, the nearest winning, and hides the secret ones', async () => {
    const { folder, print } = await printing();
    await writeFile(
      join(folder, 'slipway.yaml'),
      'http:\n  port: 7001\n  inferencePort: 7002\nwork:\n  trainings: 3\n',
    );
    const entries = print(['--set', 'http.port=7005'], {
      SLIPWAY_HTTP_PORT: '7003',
      SLIPWAY_HTTP_INFERENCE_PORT: '7004',
      SLIPWAY_DATABASE_URL: 'postgres://me:hunter2@db/x',
    });
    const shown = (key: string) => entries.find((entry) => entry.key === key);
    expect(shown('http.port')).toMatchObject({ value: 7005, from: 'flag' });
    expect(shown('http.inferencePort')).toMatchObject({ value: 7004, from: 'environment' });
    expect(shown('work.trainings')).toMatchObject({ value: 3, from: 'file' });
    expect(shown('work.shortJobs')).toMatchObject({ from: 'default' });
    expect(shown('database.url')).toMatchObject({ value: '***', from: 'environment' });
    expect(JSON.stringify(entries)).not.toContain('hunter2');
  });
});

type Entry = { key: string; value: unknown; from: string };

/** `control --print-config` in a folder of its own. */
async function printing() {
  const folder = join(await newFolder(), '..');
  const print = (args: string[], environment: Record<string, string>): Entry[] => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'dist', 'control.js'), '--print-config', ...args],
      {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Entry[];
  };
  return { folder, print };
}
