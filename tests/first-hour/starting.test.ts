import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { cleanUp, newFolder, slipway, start } from '../lifecycle/slipway.ts';

const MINUTES = 60_000;
const FREE_PORTS = ['--port', '0', '--inference-port', '0'];

afterAll(cleanUp, MINUTES);

const pidIn = async (folder: string) =>
  (JSON.parse(await readFile(join(folder, 'server.json'), 'utf8')) as { pid: number }).pid;

describe('a start', () => {
  it(
    'tells its steps, and one that is interrupted says so at once and ends cleanly',
    async () => {
      const folder = await newFolder();
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        const up = start(['up', ...FREE_PORTS, '--data', folder]);
        await up.says(/opening the database/);
        up.signal(signal);
        await up.says(/Stopping …/);
        expect(await up.finished).toMatchObject({ code: 130, stdout: '' });
        expect(existsSync(join(folder, 'server.json'))).toBe(false);
      }
    },
    5 * MINUTES,
  );

  it(
    'refuses a port in use before it makes anything',
    async () => {
      const folder = await newFolder();
      const other = createServer();
      onTestFinished(() => void other.close());
      await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
      const port = String((other.address() as AddressInfo).port);
      for (const flags of [
        ['--port', port, '--inference-port', '0'],
        ['--port', '0', '--inference-port', port],
      ]) {
        const ended = await slipway(['up', ...flags, '--data', folder]);
        expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining(`Port ${port} is in use`) });
        expect(existsSync(folder)).toBe(false);
      }
    },
    2 * MINUTES,
  );
});

describe('a server that is ended from outside', () => {
  it(
    'leaves a log that says so, and what was there before is told at the next start and by doctor',
    async () => {
      const folder = await newFolder();
      const up = start(['up', ...FREE_PORTS, '--data', folder]);
      await up.says(/Ctrl-C stops it/);
      const pid = await pidIn(folder);
      process.kill(pid, 'SIGKILL');
      const { code, stderr } = await up.finished;
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`(process ${pid}) was ended by SIGKILL`),
      });
      const log = join(folder, 'logs/control.log');
      expect(await readFile(log, 'utf8')).toContain(`process ${pid}) was ended by SIGKILL`);

      const doctor = await slipway(['doctor', '--data', folder]);
      expect(doctor.stdout).toMatch(/server: the one at .* does not answer/);

      const again = start(['up', ...FREE_PORTS, '--data', folder]);
      await again.says(/Ctrl-C stops it/);
      expect(await readFile(log, 'utf8')).toContain(`process ${pid}, did not stop in order`);

      // Its folder goes while it runs, and another one takes the place.
      await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
      await mkdir(folder, { mode: 0o700 });
      await writeFile(join(folder, 'server.json'), '{"url":"http://127.0.0.1:2","pid":2}');
      const ended = await again.finished;
      expect(ended).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`the data folder ${folder} was removed`),
      });
      expect(ended.stderr).not.toMatch(/^\s+at /m);
      expect(await readFile(join(folder, 'server.json'), 'utf8')).toContain('"pid":2');
    },
    8 * MINUTES,
  );
});

describe('doctor', () => {
  it(
    'reports what it cannot reach as findings',
    async () => {
      const folder = await newFolder();
      const env = { HTTP_PROXY: 'http://127.0.0.1:9' };
      const dead = await slipway(['doctor', '--server', '127.0.0.1:1', '--data', folder], { env });
      expect(dead.code).toBe(1);
      expect(dead.stdout).toContain('server: No Slipway answers at http://127.0.0.1:1');
      expect(dead.stdout).toContain('HTTP_PROXY is set');
      expect(dead.stdout).toContain('clock');
      await writeFile(folder, 'a file of another');
      const foreign = await slipway(['doctor', '--data', folder]);
      expect(foreign.stdout).toContain('✗ data folder');
    },
    2 * MINUTES,
  );
});
