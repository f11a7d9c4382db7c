import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../lifecycle/slipway.ts';
import { bash } from './shell.ts';

const MINUTES = 60_000;
const isLinux = process.platform === 'linux';

let folder: string;
beforeAll(async () => {
  // As users have them: with spaces and letters beyond ASCII.
  folder = await mkdtemp(join(tmpdir(), 'slipway first hour é-'));
  await writeFile(join(folder, 'empty.csv'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a file is checked before anything starts', () => {
  it.each([
    ['missing.csv', 4, 'file.not-found'],
    ['empty.csv', 6, 'file.empty'],
    ['.', 6, 'file.is-folder'],
  ])(
    '%s ends with %i and %s',
    async (file, code, failure) => {
      const ended = await bash(`slipway ship ${file} --target y; a=$?; ls -A | wc -l; exit $a`, {
        cwd: folder,
      });
      expect(ended).toMatchObject({ code, stdout: expect.stringMatching(/^\s*1\n$/) });
      expect(ended.stderr).toContain(failure);
      expect(ended.stderr).not.toContain('Starting');
    },
    MINUTES,
  );

  it.skipIf(!isLinux)(
    'one that this user may not read is told so',
    async () => {
      const file = join(folder, 'closed.csv');
      await writeFile(file, 'a,b\n1,2\n');
      await chmod(file, 0o000);
      // Root reads everything, unless it gives up the right to.
      const asUser =
        process.getuid?.() === 0
          ? 'setpriv --bounding-set=-dac_override,-dac_read_search "$NODE" "$PROGRAM"'
          : 'slipway';
      const ended = await bash(`${asUser} data add closed.csv`, { cwd: folder });
      expect(ended.stderr).toContain('this user may not read it');
      await rm(file);
    },
    MINUTES,
  );

  it(
    'commands that need a server check the file before they look for one',
    async () => {
      for (const words of ['data add', 'predict endpoint', 'retrain endpoint', 'labels add endpoint']) {
        const { stderr } = await bash(`slipway ${words} missing.csv`, { cwd: folder });
        expect(stderr).toContain('file.not-found');
      }
    },
    2 * MINUTES,
  );
});

describe.skipIf(!isLinux)('output that is not taken', () => {
  it(
    'a full disk is told in words, with a code, and not by a stack',
    async () => {
      for (const words of ['--help', '--version', 'config --json']) {
        const { code, stderr } = await bash(`slipway ${words} > /dev/full`, { cwd: folder });
        expect({ words, code }).toEqual({ words, code: 7 });
        expect(stderr).toContain('Standard output could not be written: ENOSPC');
        expect(stderr).not.toMatch(/^\s+at /m);
      }
    },
    2 * MINUTES,
  );

  it(
    'a reader that has enough is no failure',
    async () => {
      const { code, stdout, stderr } = await bash('slipway config | head -1', { cwd: folder });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('setting');
    },
    MINUTES,
  );

  it(
    'closed standard output and error end nothing',
    async () => {
      expect(await bash('slipway config >&- 2>&-', { cwd: folder })).toMatchObject({ code: 0 });
      expect(await bash('slipway config 2>/dev/full | tail -1', { cwd: folder })).toMatchObject({ code: 0 });
    },
    MINUTES,
  );
});

describe('--server', () => {
  let other: Server;
  let port: number;
  beforeAll(async () => {
    other = createServer((_, response) => response.end('<html>hello</html>'));
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    port = (other.address() as AddressInfo).port;
  });
  afterAll(() => other.close());

  it(
    'tells another program on the port from nothing there, and takes host:port',
    async () => {
      const foreign = await bash(`slipway status --server 127.0.0.1:${port}`, { cwd: folder });
      expect(foreign).toMatchObject({ code: 7 });
      expect(foreign.stderr).toContain(`http://127.0.0.1:${port} is not a compatible Slipway server`);
      const nothing = await bash('slipway status --server localhost:1', { cwd: folder });
      expect(nothing).toMatchObject({ code: 7 });
      expect(nothing.stderr).toContain('No Slipway answers at http://localhost:1');
    },
    MINUTES,
  );

  it.each(['ftp://host', 'a:b:c', 'http://'])(
    '%s is told as a wrong address',
    async (address) => {
      const { code, stderr } = await bash(`slipway status --server '${address}'`, { cwd: folder });
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Write it as host:port'),
      });
    },
    MINUTES,
  );
});

describe('the environment', () => {
  it(
    'empty variables count as unset, and links of services are passed over',
    async () => {
      const env = {
        SLIPWAY_SERVER: '',
        SLIPWAY_DATA: '',
        SLIPWAY_TOKEN: '',
        SLIPWAY_HTTP_PORT: '',
        SLIPWAY_SERVICE_HOST: '10.0.0.1',
        SLIPWAY_SERVICE_PORT: '7400',
        SLIPWAY_PORT: 'tcp://10.0.0.1:7400',
        SLIPWAY_PORT_7400_TCP_ADDR: '10.0.0.1',
        SLIPWAY_HTTP_PORT_7400_TCP: 'tcp://10.0.0.2:7400',
      };
      const { code, stdout, stderr } = await bash('slipway config --json', { cwd: folder, env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { entries } = JSON.parse(stdout) as { entries: { key: string; value: unknown; from: string }[] };
      expect(entries.filter(({ from }) => from !== 'default')).toEqual([]);
    },
    MINUTES,
  );

  it(
    'a mistyped setting among them is still an error',
    async () => {
      const env = { SLIPWAY_HTTP_PROT: '7400', SLIPWAY_PORT: '7400' };
      const { code, stderr } = await bash('slipway config', { cwd: folder, env });
      expect(code).toBe(2);
      expect(stderr).toContain('SLIPWAY_HTTP_PROT');
      expect(stderr).toContain('SLIPWAY_PORT');
    },
    MINUTES,
  );
});

describe('the first file that runs', () => {
  it(
    'refuses an older Node in one line',
    async () => {
      const old = join(folder, 'old.cjs');
      await writeFile(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.8' });\n");
      const { code, stdout, stderr } = await bash(`"$NODE" -r "${old}" "$PROGRAM" --version`, {
        cwd: folder,
      });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^Slipway needs Node 20\.19 or newer, and this is Node 18\.20\.8\..*\n$/);
    },
    MINUTES,
  );

  it(
    'a build without development dependencies fails and says what to do',
    async () => {
      const clone = join(folder, 'clone');
      await mkdir(clone);
      const script = `cp -r "${ROOT}/scripts" . && cp "${ROOT}/package.json" . && "$NODE" scripts/build.mjs`;
      const { code, stderr } = await bash(script, { cwd: clone });
      expect(code).toBe(1);
      expect(stderr).toContain('Run: npm ci --include=dev');
      await rm(clone, { recursive: true });
    },
    MINUTES,
  );
});
