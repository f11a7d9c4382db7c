import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRunning } from '../../testing/is-running.ts';

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-parent-'));
  program = join(folder, 'child.mjs');
  const source = fileURLToPath(new URL('./end-with-parent.ts', import.meta.url));
  const script = `
    import { endWithParent } from ${JSON.stringify(source)};
    endWithParent({ patienceMs: Number(process.argv[3]), noticeMs: 500, everyMs: 50 });
    process.send(process.pid, () => {
      if (process.argv[2] === 'spins') for (;;);
      setInterval(() => {}, 1_000);
    });`;
  await build({
    stdin: { contents: script, resolveDir: folder, loader: 'ts' },
    ...{ outfile: program, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' },
  });
  await writeFile(
    join(folder, 'parent.mjs'),
    `import { fork } from 'node:child_process';
     const child = fork(${JSON.stringify(program)}, process.argv.slice(2), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
     child.on('message', (pid) => console.log(pid));`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts a parent with a child that does that, and gives the pid of the child once the parent was killed. */
async function orphan(does: 'spins' | 'waits', patienceMs: number): Promise<number> {
  const parent = spawn(process.execPath, [join(folder, 'parent.mjs'), does, String(patienceMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  return Number(line.toString());
}

const PATIENT = { timeout: 60_000, interval: 50 };

it.skipIf(process.platform === 'win32')(
  'a process whose main thread is busy ends when its parent is gone',
  async () => {
    const pid = await orphan('spins', 60_000);
    await expect.poll(() => isRunning(pid), PATIENT).toBe(false);
  },
  120_000,
);

it.skipIf(process.platform === 'win32')(
  'a process that does not end in order ends when its time is over',
  async () => {
    const pid = await orphan('waits', 200);
    await expect.poll(() => isRunning(pid), PATIENT).toBe(false);
  },
  120_000,
);
