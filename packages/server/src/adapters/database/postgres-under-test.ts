import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { newId } from '../../kernel/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import { MIGRATIONS } from './pglite-under-test.ts';
import { openPostgres } from './postgres.ts';

const run = promisify(execFile);
const INSTALLATIONS = '/usr/lib/postgresql';

/** A server to make databases on; its own, or the one that SLIPWAY_TEST_POSTGRES_URL names. */
export type TestServer = { urlOf(database: string): string; stop(): Promise<void> };

/** The server, or one sentence that says why there is none. */
export async function startTestServer(): Promise<TestServer | string> {
  const url = process.env.SLIPWAY_TEST_POSTGRES_URL;
  if (url) return { urlOf: (database) => withDatabase(url, database), stop: async () => {} };
  const binaries = await newestBinaries();
  if (!binaries) return `needs PostgreSQL under ${INSTALLATIONS}, or SLIPWAY_TEST_POSTGRES_URL`;
  return startOwnServer(binaries);
}

/** A database of its own on the server, for the contract suites. */
export async function postgresUnderTest(server: TestServer): Promise<DatabaseUnderTest & { url: string }> {
  const name = newId('slipway_test');
  await execute(server.urlOf('postgres'), `create database ${name}`);
  const open = () => openPostgres(server.urlOf(name), { migrations: MIGRATIONS });
  let database = await open();
  return {
    url: server.urlOf(name),
    get database() {
      return database;
    },
    async tamper(statement) {
      await execute(server.urlOf(name), statement);
      await database.close();
      database = await open();
    },
    async dispose() {
      await database.close();
      await execute(server.urlOf('postgres'), `drop database ${name} with (force)`);
    },
  };
}

export async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function newestBinaries(): Promise<string | undefined> {
  const versions = await readdir(INSTALLATIONS).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(INSTALLATIONS, newest, 'bin');
}

/** On a socket in a folder of its own: no port, no password, gone afterwards. */
async function startOwnServer(binaries: string): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pg-'));
  const user = await unprivilegedUser();
  if (user) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'slipway', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  await run(join(binaries, 'initdb'), initdb, { ...user, cwd: folder });
  const options = ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'max_connections=40'];
  const server = spawn(join(binaries, 'postgres'), options, {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killWithUs = () => server.kill('SIGKILL');
  process.on('exit', killWithUs);
  await saysReady(server);
  return {
    urlOf: (database) => `postgres://slipway@${encodeURIComponent(folder)}/${database}`,
    async stop() {
      process.off('exit', killWithUs);
      server.kill('SIGINT');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function saysReady(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface({ input: server.stderr! })) {
    said.push(line);
    if (line.includes('database system is ready to accept connections')) {
      server.stderr!.resume();
      return;
    }
  }
  throw new Error(`PostgreSQL did not start: ${said.join('\n')}`);
}

/** PostgreSQL refuses to run as root. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const line = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  if (!line) throw new Error('there is no user to run PostgreSQL as');
  return { uid: Number(line[2]), gid: Number(line[3]) };
}
