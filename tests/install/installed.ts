import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../lifecycle/slipway.ts';

export const run = promisify(execFile);

/** The user whom no file belongs to. */
export const NOBODY = 65534;
export const IS_ROOT = process.getuid?.() === 0;

/** Slipway, packed and installed without a network into a folder with spaces and accents, readable by every user. */
export type Installed = { parent: string; prefix: string; command: string; tarball: string };

export async function installOffline(): Promise<Installed> {
  const parent = await mkdtemp(join(tmpdir(), 'slipway-install-'));
  await chmod(parent, 0o755);
  const release = join(parent, 'une libération');
  await mkdir(release);
  await run(
    process.execPath,
    [join(ROOT, 'scripts/package.mjs'), '--out', release, '--offline', 'this'],
    WHOLE,
  );
  const [name] = (await readdir(release)).filter((file) => file.endsWith('.tgz'));
  const prefix = join(parent, 'Été à Slipway');
  const offline = [process.execPath, join(release, 'offline/install.mjs'), prefix];
  const [program = '', ...words] = IS_ROOT ? ['unshare', '--net', ...offline] : offline;
  await run(program, words, WHOLE);
  return { parent, prefix, command: join(prefix, 'bin/slipway'), tarball: join(release, name!) };
}

const WHOLE = { maxBuffer: 64 * 1024 ** 2 };

/** A folder of the user with this number, made for one test. */
export async function folderOf(parent: string, name: string, user: number): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  if (IS_ROOT) await run('chown', [`${user}:${user}`, folder]);
  return folder;
}

export type Service = { child: ChildProcess; url: string; ended: Promise<number | null>; stderr(): string };

type StartOptions = { environment: Record<string, string>; cwd: string };

/** As {@link startCommand}, as user nobody where the tests run as root. */
export function startAs(command: readonly string[], options: StartOptions): Promise<Service> {
  const drop = [
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--no-new-privs',
    '--',
  ];
  return startCommand(IS_ROOT ? [...drop, ...command] : command, options);
}

/** Starts a program that says with `--json` that it is ready, with this environment and no other. */
export async function startCommand(
  [program = '', ...words]: readonly string[],
  { environment, cwd }: StartOptions,
): Promise<Service> {
  const child = spawn(program, words, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let [told, complaint] = ['', ''];
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (told.includes('\n')) resolve((JSON.parse(told.split('\n', 1)[0]!) as { url: string }).url);
    });
    void ended.then((code) =>
      reject(new Error(`${[program, ...words].join(' ')} ended with ${code}: ${complaint}`)),
    );
  });
  return { child, url, ended, stderr: () => complaint };
}

/** What the files below a folder take on the disk, in bytes. */
export async function bytesOnDisk(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sk', folder]);
  return Number(stdout.split('\t', 1)[0]) * 1024;
}

export async function remove(folder: string | undefined): Promise<void> {
  if (folder !== undefined && (await stat(folder).catch(() => undefined)))
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
