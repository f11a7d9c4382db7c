import { readFileSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { denseModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { answerOf, cleanUp as endCommands } from '../lifecycle/slipway.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';
import { shipSmall } from './small-table.ts';

afterAll(cleanUp);
afterAll(endCommands);

/** Every process below one, itself included, as the kernel has them. */
async function familyOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(all.flatMap((one) => parentOf(one).map((parent) => [one, parent] as const)));
  const isBelow = (one: number | undefined): boolean =>
    one !== undefined && (one === pid || isBelow(parents.get(one)));
  return all.filter(isBelow);
}

/** None of a process that has ended. */
function parentOf(pid: number): number[] {
  try {
    return [Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)];
  } catch {
    return [];
  }
}

/** Files with the number of a process in their name that were made since; an earlier process may have had the number. */
async function newFilesOf(family: readonly number[], folder: string, since: number): Promise<string[]> {
  const named = (await readdir(folder)).filter((name) => family.some((pid) => name.includes(`-${pid}.`)));
  const made = await Promise.all(named.map(async (name) => (await stat(join(folder, name))).birthtimeMs));
  return named.filter((_, i) => made[i]! >= since);
}

it.skipIf(process.platform !== 'linux')(
  'no process, nor a library in it, writes to the home or temporary folder (needs /proc)',
  async () => {
    const begun = Date.now();
    const folder = await newFolder();
    const [home, temporary] = ['home', 'tmp'].map((name) => join(dirname(folder), name)) as [string, string];
    for (const place of [home, temporary]) await mkdir(place, { recursive: true });
    const server = await startServer({ folder, environment: { HOME: home, TMPDIR: temporary } });
    await shipSmall(server.client, 'customers');
    const file = join(dirname(folder), 'dense.onnx');
    await writeFile(file, denseModel());
    const flags = ['--server', server.url, '--token', server.ownerKey];
    await answerOf(['models', 'import', file, '--task', 'multiclass', ...flags], { cwd: dirname(folder) });
    await answerOf(['deploy', 'dense', '--endpoint', 'dense', ...flags], { cwd: dirname(folder) });
    // The data plane and the process of the model among them.
    const family = await familyOf(server.pid);
    expect(family.length).toBeGreaterThanOrEqual(3);
    expect([await readdir(home), await readdir(temporary)]).toEqual([[], []]);
    // Processes that inherit nothing would use the usual folder.
    expect(await newFilesOf(family, '/tmp', begun)).toEqual([]);
    expect(await server.end('SIGTERM')).toBe(0);
  },
  180_000,
);
