import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createClient } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { layersOf, timeOfFiles } from '../../scripts/image/make-image.mjs';
import { writeLayer } from '../../scripts/image/write-layer.mjs';
import { makeSigningKeys } from '../../scripts/package/signed-folder.mjs';
import { ROOT } from '../lifecycle/slipway.ts';
import { IS_ROOT, remove, run, type Service, startCommand } from './installed.ts';

const MINUTES = 60_000;
const USER = 10_001;
const CAN_BUILD = process.platform === 'linux' && existsSync('/usr/bin/tini');
const CAN_CONFINE = IS_ROOT && spawnSync('bwrap', ['--ro-bind', '/', '/', 'true']).status === 0;

type Descriptor = { digest: string; size: number };
type Config = {
  architecture: string;
  config: {
    User: string;
    Env: string[];
    Entrypoint: string[];
    Cmd: string[];
    WorkingDir: string;
    StopSignal: string;
    Volumes: Record<string, object>;
    ExposedPorts: Record<string, object>;
    Labels: Record<string, string>;
    Healthcheck: { Test: string[] };
  };
  rootfs: { diff_ids: string[] };
};

describe.skipIf(!CAN_BUILD)('a release with the image of this platform (needs tini)', () => {
  let [parent, release, layout, root] = ['', '', '', ''];
  let [layers, config]: [Descriptor[], Config] = [[], {} as Config];

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'slipway-image-test-'));
    await chmod(parent, 0o755);
    release = join(parent, 'release');
    layout = join(parent, 'layout');
    root = join(parent, 'root');
    await makeSigningKeys(join(parent, 'keys'));
    await runScript('--key', join(parent, 'keys/slipway-release.key'), '--out', release, '--image');
    await mkdir(layout);
    const [image] = (await readdir(release)).filter((name) => name.startsWith('slipway-image-'));
    await run('tar', ['-xf', join(release, image!), '-C', layout]);
    const index = await jsonOf<{ manifests: Descriptor[] }>('index.json');
    const found = await blobOf<{ layers: Descriptor[]; config: Descriptor }>(index.manifests[0]!);
    layers = found.layers;
    config = await blobOf<Config>(found.config);
    await mkdir(root);
    for (const layer of layers) await run('tar', ['-xpzf', pathOf(layer), '-C', root]);
  }, 10 * MINUTES);
  afterAll(() => remove(parent || undefined));

  function runScript(...words: string[]) {
    return run(process.execPath, [join(ROOT, 'scripts/release.mjs'), ...words]);
  }

  async function jsonOf<T>(name: string): Promise<T> {
    return JSON.parse(await readFile(join(layout, name), 'utf8')) as T;
  }

  function pathOf({ digest }: { digest: string }) {
    return join(layout, 'blobs', digest.replace(':', '/'));
  }

  function blobOf<T>(descriptor: Descriptor): Promise<T> {
    return jsonOf<T>(`blobs/${descriptor.digest.replace(':', '/')}`);
  }

  it('is verified with the public key of a new pair, the image among its files', async () => {
    const key = join(parent, 'keys/slipway-release.pub');
    const { stdout } = await runScript('--verify', release, '--key', key);
    expect(stdout).toContain(`slipway-image-${config.architecture}.tar`);
    expect(stdout).toContain('sbom.cdx.json');
    expect(stdout).toContain(`slipway-platform-${manifest.version}.tgz`);
  });

  it('is an OCI layout and a Docker archive over the same blobs, each named by the SHA-256 of its bytes', async () => {
    const { manifests } = await jsonOf<{ manifests: Descriptor[] }>('index.json');
    const found = await blobOf<{ config: Descriptor }>(manifests[0]!);
    const named = [manifests[0]!, found.config, ...layers];
    expect((await readdir(join(layout, 'blobs/sha256'))).sort()).toEqual(
      named.map(({ digest }) => digest.slice('sha256:'.length)).sort(),
    );
    for (const descriptor of named) {
      const bytes = await readFile(pathOf(descriptor));
      expect(`sha256:${sha256(bytes)}`).toBe(descriptor.digest);
      expect(bytes.length).toBe(descriptor.size);
    }
    const unpacked = [];
    for (const layer of layers) unpacked.push(`sha256:${sha256(gunzipSync(await readFile(pathOf(layer))))}`);
    expect(config.rootfs.diff_ids).toEqual(unpacked);
    const blob = ({ digest }: Descriptor) => `blobs/${digest.replace(':', '/')}`;
    expect(await jsonOf('manifest.json')).toEqual([
      {
        Config: blob(found.config),
        RepoTags: [`localhost/slipway:${manifest.version}`],
        Layers: layers.map(blob),
      },
    ]);
  });

  it('runs as user 10001 with a volume at /data, and does not set http.insecure', () => {
    const { User, Env, Volumes, WorkingDir, ExposedPorts, StopSignal, Entrypoint, Labels } = config.config;
    expect(User).toBe(`${USER}:${USER}`);
    expect(Volumes).toEqual({ '/data': {} });
    expect(WorkingDir).toBe('/data');
    expect(ExposedPorts).toEqual({ '7400/tcp': {}, '7401/tcp': {} });
    expect(StopSignal).toBe('SIGTERM');
    expect(Entrypoint[0]).toBe('/usr/bin/tini');
    expect(Env.filter((one) => one.startsWith('SLIPWAY_'))).toEqual([
      'SLIPWAY_DATA=/data',
      'SLIPWAY_HTTP_HOST=0.0.0.0',
    ]);
    expect(Labels).toMatchObject({ 'org.opencontainers.image.version': manifest.version });
  });

  it('has the same program layer when it is built again from another folder', async () => {
    const { program } = await layersOf(join(root, 'opt/slipway'));
    const written = await writeLayer(program, {
      title: 'program',
      time: timeOfFiles(),
      file: join(parent, 'program.tar.gz'),
    });
    expect(written.digest).toBe(layers.at(-1)!.digest);
  });

  it('holds native parts of this platform only, no setuid files, and the records of its Debian packages', async () => {
    const files = async (...tests: string[]) =>
      (await run('find', [root, '-mindepth', '1', ...tests])).stdout
        .split('\n')
        .filter(Boolean)
        .map((path) => path.slice(root.length));
    expect(await files('-name', '*.dll', '-o', '-name', '*.dylib')).toEqual([]);
    expect((await files('-name', 'onnxruntime_binding.node')).length).toBe(1);
    expect(await files('-type', 'f', '-perm', '/6000')).toEqual([]);
    expect(await files('!', '-type', 'l', '-perm', '/022', '!', '-path', `${root}/tmp`)).toEqual([]);
    if (IS_ROOT) expect((await files('!', '-uid', '0')).sort()).toEqual(['/data', '/home/slipway']);
    const { mode } = await stat(join(root, 'tmp'));
    expect(mode & 0o7777).toBe(0o1777);
    if (existsSync('/var/lib/dpkg/status'))
      expect(await readdir(join(root, 'var/lib/dpkg/status.d'))).toContain('libc6');
  });

  describe.skipIf(!CAN_CONFINE)('started on a read-only root (needs root and bubblewrap)', () => {
    const FREE_PORTS = { SLIPWAY_HTTP_PORT: '0', SLIPWAY_HTTP_INFERENCE_PORT: '0' };
    let service: Service | undefined;
    let data = '';
    beforeAll(async () => {
      data = join(parent, 'volume');
      // As an engine makes a volume: a copy of what the image has there.
      await run('cp', ['-a', join(root, 'data'), data]);
    });
    afterAll(() => service?.child.kill('SIGKILL'));

    /** Runs a command as an engine does: as the image's user, with its own mounts and process 1, without capabilities. */
    function contained(command: string[]): string[] {
      const user = ['--reuid', `${USER}`, '--regid', `${USER}`, '--clear-groups', '--no-new-privs'];
      const capabilities = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((one) => ['--cap-add', one]);
      return [
        ...['bwrap', '--unshare-pid', '--as-pid-1', '--unshare-ipc', '--die-with-parent'],
        ...['--cap-drop', 'ALL', ...capabilities],
        ...['--ro-bind', root, '/', '--bind', data, '/data', '--tmpfs', '/tmp'],
        ...['--proc', '/proc', '--dev', '/dev', '--chdir', '/', '--'],
        ...['setpriv', ...user, '--inh-caps=-all', '--bounding-set=-all', '--'],
        ...['env', `--chdir=${config.config.WorkingDir}`],
        ...command,
      ];
    }

    function environment(more: Record<string, string> = {}): Record<string, string> {
      const pairs = config.config.Env.map((one) => one.split(/=(.*)/s).slice(0, 2));
      return { ...(Object.fromEntries(pairs) as Record<string, string>), ...FREE_PORTS, ...more };
    }

    it('refuses to start without a certificate and without http.insecure', async () => {
      const { Entrypoint, Cmd } = config.config;
      const [program = '', ...words] = contained([...Entrypoint, ...Cmd]);
      await expect(run(program, words, { env: environment() })).rejects.toThrow(/listen\.insecure/);
    });

    it(
      'serves the status to the owner key of the new volume, passes its health check, and exits with 0 on its signal',
      async () => {
        const { Entrypoint, Cmd, Healthcheck, StopSignal } = config.config;
        service = await startCommand(contained([...Entrypoint, ...Cmd, '--json']), {
          environment: environment({ SLIPWAY_HTTP_INSECURE: 'true' }),
          cwd: '/',
        });
        const first = await onlyChildOf(service.child.pid!);
        const status = await readFile(`/proc/${first}/status`, 'utf8');
        expect(status).toMatch(/^Name:\s+tini$/m);
        expect(status).toMatch(new RegExp(`^Uid:\\s+${USER}\\s+${USER}\\s`, 'm'));
        expect(status).toMatch(/^CapBnd:\s+0+$/m);

        const token = (await readFile(join(data, 'owner.key'), 'utf8')).trim();
        expect((await stat(join(data, 'owner.key'))).uid).toBe(USER);
        const client = createClient({ server: service.url, token });
        expect(await client.call['system.status']()).toMatchObject({
          version: manifest.version,
          dataFolder: '/data',
        });
        const [program = '', ...words] = contained(Healthcheck.Test.slice(1));
        await run(program, words, { env: environment() });

        process.kill(first, StopSignal as NodeJS.Signals);
        expect(await service.ended, service.stderr()).toBe(0);
        await expect(run(program, words, { env: environment() })).rejects.toThrow(/not healthy/);
      },
      5 * MINUTES,
    );
  });
});

async function onlyChildOf(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim());
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
