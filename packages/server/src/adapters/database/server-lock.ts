import { randomBytes } from 'node:crypto';
import { fail, isFailure } from '@slipway/contract';
import { Client, type ClientBase } from 'pg';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { translated } from './errors.ts';

/**
 * The right of one server to a PostgreSQL database: an advisory lock on a connection of its own, which PostgreSQL lets
 * go of when that connection ends, whatever ended it.
 *
 * A server whose connection was cut may not know it yet, so the database itself keeps it out: whoever takes the lock
 * ends the connections of every other server, and a new connection is used only while its own server holds the lock.
 */
export type ServerLock = {
  /** The `application_name` of this server's connections. */
  readonly application: string;
  /** Throws `storage.unavailable` when this server does not hold the lock at this moment. */
  assertHeld(connection: ClientBase): Promise<void>;
  release(): Promise<void>;
};

export type ServerLockOptions = {
  /** Who holds it, as a refused server is told. */
  holder: string;
  /** The lock's connection was cut, and another server took the database before it was back. Called once at most. */
  onLost: () => void;
  /** Pause between tries to get a lost connection back. */
  retryMs?: number;
};

/** PostgreSQL keeps 63 bytes of an application's name. */
const NAME_BYTES = 63;
const PREFIX = 'slipway ';
const KEY = String(ADVISORY_LOCKS.server);

type Session = { client: Client; pid: number; startedAt: string };

/** Throws `storage.in-use` with the server that has the database, `storage.unavailable` when it does not answer. */
export async function lockServer(
  url: string,
  { holder, onLost, retryMs = 1000 }: ServerLockOptions,
): Promise<ServerLock> {
  const application = `${PREFIX}${randomBytes(4).toString('hex')} ${holder}`.slice(0, NAME_BYTES);
  let isReleased = false;
  let held: Session | undefined;

  async function take(): Promise<void> {
    const session = await connected(url, application, onCut);
    try {
      await claim(session.client, application);
      held = session;
    } catch (error) {
      await session.client.end();
      throw error;
    }
  }

  function onCut(client: Client): void {
    if (held?.client !== client) return;
    held = undefined;
    if (!isReleased) setTimeout(regain, retryMs).unref();
  }

  function regain(): void {
    if (isReleased) return;
    take().then(
      () => (isReleased ? held?.client.end() : undefined),
      (error: unknown) => {
        if (isReleased) return;
        if (isFailure(error, 'storage.in-use')) onLost();
        else setTimeout(regain, retryMs).unref();
      },
    );
  }

  await take();
  return {
    application,
    async assertHeld(connection) {
      if (held === undefined || !(await holds(connection, held)))
        throw fail('storage.unavailable', { reason: 'this server has lost its hold on the database' });
    },
    async release() {
      isReleased = true;
      await held?.client.end();
    },
  };
}

async function connected(
  url: string,
  application: string,
  onCut: (client: Client) => void,
): Promise<Session> {
  const client = new Client({ connectionString: url, application_name: application, keepAlive: true });
  client.on('error', () => onCut(client));
  client.on('end', () => onCut(client));
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number; started: string }>(
      'select pid, backend_start::text as started from pg_stat_activity where pid = pg_backend_pid()',
    );
    return { client, pid: rows[0]!.pid, startedAt: rows[0]!.started };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw translated(error);
  }
}

/** Takes the lock on this connection and ends those of former holders. Throws `storage.in-use`. */
async function claim(client: Client, application: string): Promise<void> {
  // What this server itself left behind half open goes first: it is nobody else.
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
    [application],
  );
  for (let tries = 0; ; tries++) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      KEY,
    ]);
    if (rows[0]!.taken) break;
    if (tries >= 4) throw await inUse(client);
    await client.query('select pg_sleep(0.25)'); // a holder that is just ending
  }
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and usename = current_user
       and application_name like $1 and application_name <> $2`,
    [`${PREFIX}%`, application],
  );
}

const HOLDER = `
  select a.pid, a.backend_start::text as started, a.application_name as application
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32) + l.objid::bigint = $1`;

type Holder = { pid: number; started: string; application: string | null };

async function holds(connection: ClientBase, { pid, startedAt }: Session): Promise<boolean> {
  const { rows } = await connection.query<Holder>(HOLDER, [KEY]);
  return rows.some((row) => row.pid === pid && row.started === startedAt);
}

async function inUse(client: Client) {
  const { rows } = await client.query<Holder>(HOLDER, [KEY]);
  const holder = rows[0]?.application?.replace(/^slipway \w+ /, '') || 'another server';
  return fail('storage.in-use', { holder, since: rows[0]?.started ?? 'just now' });
}
