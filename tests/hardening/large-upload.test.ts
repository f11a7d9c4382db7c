import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, newFolder, ROOT, startServer } from './server-under-test.ts';

const PROGRAM = join(ROOT, 'packages/cli/bin/slipway.js');
const MEBIBYTE = 1024 ** 2;
const FILE_BYTES = 512 * MEBIBYTE;
/** Of the JavaScript heap of the command, and of what a process may grow by while the file passes through it. */
const HEAP_MEBIBYTES = 64;
const MOST_GROWTH_BYTES = 160 * MEBIBYTE;

afterAll(cleanUp);

/** The most memory that a process has ever held, from the kernel; undefined once it is gone. */
async function peakBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** A file of zeros that takes no room on the disk; it is refused once it has been uploaded. */
async function sparseFile(folder: string): Promise<string> {
  const path = join(folder, 'large.csv');
  const handle = await open(path, 'w');
  await handle.truncate(FILE_BYTES);
  await handle.close();
  return path;
}

describe.skipIf(process.platform !== 'linux')('an upload of a large file (needs /proc)', () => {
  it('passes through the command and the control plane without being held in memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-large-'));
    const server = await startServer({ folder: await newFolder() });
    const before = (await peakBytes(server.pid))!;
    const file = await sparseFile(folder);
    const child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${HEAP_MEBIBYTES}`,
        PROGRAM,
        ...['data', 'add', file, '--server', server.url, '--token', server.ownerKey, '--json'],
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const looks: Promise<number | undefined>[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      looks.push(peakBytes(child.pid!));
    });
    await new Promise((resolve) => child.once('close', resolve));
    const peak = Math.max(...(await Promise.all(looks)).map((bytes) => bytes ?? 0));

    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'file.binary' } });
    const events = stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const uploaded = events.filter(({ phase }) => phase === 'upload').at(-1);
    expect(uploaded).toMatchObject({
      event: 'progress',
      bytes: FILE_BYTES,
      totalBytes: FILE_BYTES,
      percent: 100,
    });
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(HEAP_MEBIBYTES * MEBIBYTE + MOST_GROWTH_BYTES);
    expect((await peakBytes(server.pid))! - before).toBeLessThan(MOST_GROWTH_BYTES);
    await server.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }, 240_000);
});
