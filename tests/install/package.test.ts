import { spawnSync } from 'node:child_process';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { ROOT } from '../lifecycle/slipway.ts';
import {
  bytesOnDisk,
  folderOf,
  type Installed,
  IS_ROOT,
  installOffline,
  NOBODY,
  remove,
  run,
  type Service,
  startAs,
} from './installed.ts';

const MINUTES = 60_000;
const MEGABYTE = 1_000_000;
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

let installed: Installed;
beforeAll(async () => {
  installed = await installOffline();
}, 10 * MINUTES);
afterAll(() => remove(installed?.parent));

describe('the package of Slipway', () => {
  it('holds built JavaScript and no source, and names every version exactly, in a scope', async () => {
    const { stdout } = await run('tar', ['-tzf', installed.tarball]);
    const own = stdout.split('\n').filter((path) => !path.includes('/node_modules/'));
    expect(own).toContain('package/dist/slipway.js');
    expect(own).toContain('package/dist/console/index.html');
    expect(own.filter((path) => path.startsWith('package/dist/empty-database-'))).toHaveLength(1);
    expect(own.filter((path) => /\.(?:ts|tsx|map)$|\.test\./.test(path))).toEqual([]);
    const packed = JSON.parse(await readFile(join(installed.prefix, 'lib/slipway/package.json'), 'utf8'));
    expect(packed.name).toMatch(/^@slipway\//);
    const locked = new Map(Object.entries(lock.packages as Record<string, { version?: string }>));
    const named = { ...packed.dependencies, ...packed.optionalDependencies };
    for (const [name, version] of Object.entries(named))
      expect(version, name).toBe(locked.get(`node_modules/${name}`)?.version);
  });

  it('is installed without a network, each package as the lockfile has it', async () => {
    const { packages } = JSON.parse(
      await readFile(join(installed.prefix, 'lib/slipway/npm-shrinkwrap.json'), 'utf8'),
    ) as { packages: Record<string, { version: string; optional?: boolean; resolved?: string }> };
    const others = Object.entries(packages).filter(([path]) => path !== '');
    expect(others.length).toBeGreaterThan(100);
    for (const [path, { version, optional, resolved }] of others) {
      expect(resolved, path).toBeUndefined();
      const text = await readFile(join(installed.prefix, 'lib/slipway', path, 'package.json'), 'utf8').catch(
        () => undefined,
      );
      if (text === undefined) expect(optional, `${path} is missing`).toBe(true);
      else expect((JSON.parse(text) as { version: string }).version, path).toBe(version);
    }
  });
});

describe('what is installed, started from any folder, as another user, without HOME', () => {
  let service: Service;
  let data: string;
  beforeAll(async () => {
    const home = await folderOf(installed.parent, 'données de nobody', NOBODY);
    data = join(home, 'data');
    const words = ['up', '--data', data, '--port', '0', '--inference-port', '0', '--json'];
    service = await startAs([installed.command, ...words], { environment: { PATH }, cwd: '/' });
  }, 5 * MINUTES);
  afterAll(async () => {
    service?.child.kill('SIGTERM');
    await service?.ended;
  });

  it('answers, tells its version, and has its console', async () => {
    const response = await fetch(`${service.url}/api/v1/health`);
    expect(await response.json()).toMatchObject({ product: 'slipway', version: manifest.version });
    expect(response.headers.get('x-slipway-version')).toBe(manifest.version);
    expect(await (await fetch(`${service.url}/`)).text()).toContain('<div id="root">');
  });

  it('gives a support bundle without the secrets that were planted in its log, for its user alone', async () => {
    const ownerKey = (await readFile(join(data, 'owner.key'), 'utf8')).trim();
    const planted = ['tr0ub4dor', 'Zm9vYmFyYmF6', ownerKey, 'told-by-the-environment'];
    await appendFile(
      join(data, 'logs/control.log'),
      `postgres://slipway:${planted[0]}@db/x\nauthorization: Bearer ${planted[1]}\n"${ownerKey}" ${planted[3]} harmless-line\n`,
    );
    const out = join(installed.parent, 'support.tar.gz');
    const words = ['support-bundle', '--data', data, '--allow-foreign-files', '--out', out, '--json'];
    await run(installed.command, words, { env: { PATH, SLIPWAY_TOKEN: planted[3] }, cwd: '/' });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const { stdout: text } = await run('tar', ['-xzOf', out], { maxBuffer: 64 * 1024 ** 2 });
    for (const secret of planted) expect(text).not.toContain(secret);
    expect(text).toContain('harmless-line');
    const { stdout: names } = await run('tar', ['-tzf', out]);
    for (const name of [
      'about.json',
      'config.json',
      'doctor.json',
      'status.json',
      'data-folder.json',
      'logs/control.log',
    ])
      expect(names.split('\n')).toContain(`slipway-support/${name}`);
    await expect(run(installed.command, words, { env: { PATH }, cwd: '/' })).rejects.toThrow(
      /exists already/,
    );
  });

  it('ends in order, with a data folder of less than 10 MB', async () => {
    service.child.kill('SIGTERM');
    expect([0, 143], service.stderr()).toContain(await service.ended);
    expect(await bytesOnDisk(data)).toBeLessThan(10 * MEGABYTE);
  });
});

describe('the unit of systemd', () => {
  const HAS_SYSTEMD = spawnSync('systemd-analyze', ['--version']).status === 0;

  async function unitText(): Promise<string> {
    return readFile(join(ROOT, 'packaging/systemd/slipway.service'), 'utf8');
  }

  it.skipIf(!HAS_SYSTEMD)(
    'has nothing that systemd-analyze verify complains of (needs systemd)',
    async () => {
      const link = join(installed.parent, 'slipway');
      await run('ln', ['-sfn', installed.command, link]);
      const path = join(installed.parent, 'slipway.service');
      await writeFile(path, (await unitText()).replace('/usr/local/bin/slipway', link));
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
      // Other units of the machine are looked at besides; lines about ours name it.
      expect(stderr.split('\n').filter((line) => line.includes('slipway'))).toEqual([]);
      expect(status, stderr).toBe(0);
    },
  );

  it.skipIf(!IS_ROOT)(
    'starts with its command, environment and another user than root, and ends in order by its signal',
    async () => {
      const lines = (await unitText()).split('\n').map((line) => line.split(/=(.*)/s));
      const valuesOf = (key: string) =>
        lines.filter(([name]) => name === key).map(([, value]) => value ?? '');
      const [execStart] = valuesOf('ExecStart');
      expect(execStart).toBe('/usr/local/bin/slipway up');
      const state = await folderOf(installed.parent, 'var-lib-slipway', NOBODY);
      const environment = Object.fromEntries(
        valuesOf('Environment').map((entry) => entry.replace('/var/lib/slipway', state).split(/=(.*)/s)),
      );
      const service = await startAs([installed.command, 'up', '--json'], {
        environment: { ...environment, PATH, SLIPWAY_HTTP_PORT: '0', SLIPWAY_HTTP_INFERENCE_PORT: '0' },
        cwd: state,
      });
      expect((await fetch(`${service.url}/api/v1/health`)).status).toBe(200);
      const [signal] = valuesOf('KillSignal');
      service.child.kill(signal as NodeJS.Signals);
      const accepted = valuesOf('SuccessExitStatus').join(' ').split(' ').map(Number);
      expect(accepted, service.stderr()).toContain(await service.ended);
    },
    5 * MINUTES,
  );
});
