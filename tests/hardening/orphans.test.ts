import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../../packages/server/src/testing/free-port.ts';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';

afterAll(cleanUp);

/** Of a busy machine. */
const LONG = 300_000;
const PATIENT = { timeout: 60_000, interval: 50 };

async function dataPlaneOf({ client }: ServerUnderTest): Promise<number> {
  const { processes } = await client.call['system.status']();
  return processes.find(({ name }) => name === 'inference')!.pid;
}

describe.runIf(process.platform === 'linux')('a data plane whose server was killed', () => {
  it(
    'and that is stopped is ended by the next start, which says so',
    async () => {
      const folder = await newFolder();
      const set = [`http.inferencePort=${await freePort()}`];
      const first = await startServer({ folder, set });
      const orphan = await dataPlaneOf(first);
      process.kill(orphan, 'SIGSTOP');
      await first.end('SIGKILL');
      expect(isRunning(orphan)).toBe(true);

      const second = await startServer({ folder, set });
      expect(isRunning(orphan)).toBe(false);
      expect(second.inferenceUrl).toBe(first.inferenceUrl);
      expect(await readFile(join(folder, 'logs', 'control.log'), 'utf8')).toContain(
        `ended the data plane that a previous server left (process ${orphan})`,
      );
      expect(await second.end('SIGTERM')).toBe(0);
      await expect(readFile(join(folder, 'data-plane.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
    LONG,
  );

  it(
    'is told from other programs: a record that names another one ends nothing',
    async () => {
      const folder = await newFolder();
      const first = await startServer({ folder });
      const record = join(folder, 'data-plane.json');
      const recorded = JSON.parse(await readFile(record, 'utf8')) as { pid: number };
      expect(recorded.pid).toBe(await dataPlaneOf(first));
      await first.end('SIGTERM');

      // Of this user, and with the folder among its arguments; but no data plane.
      const script = [
        '-e',
        'setInterval(() => {}, 1000); console.log(1)',
        '--',
        '--log-dir',
        join(folder, 'predictions'),
      ];
      const other = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'ignore'] });
      await once(other.stdout, 'data');
      const startedAt = (await readFile(`/proc/${other.pid}/stat`, 'utf8'))
        .replace(/^.*\) /, '')
        .split(' ')[19];
      await writeFile(record, JSON.stringify({ ...recorded, pid: other.pid, startedAt }));
      const second = await startServer({ folder });
      expect(isRunning(other.pid!)).toBe(true);
      expect(await second.end('SIGTERM')).toBe(0);
      other.kill('SIGKILL');
    },
    LONG,
  );

  it(
    'ends when nothing keeps it',
    async () => {
      const server = await startServer({ folder: await newFolder() });
      const orphan = await dataPlaneOf(server);
      await server.end('SIGKILL');
      await expect.poll(() => isRunning(orphan), PATIENT).toBe(false);
    },
    LONG,
  );
});
