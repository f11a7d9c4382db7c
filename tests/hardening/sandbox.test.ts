import { chmod, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { followPipelineRun } from '@slipway/sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { openSandbox } from '../../packages/server/src/adapters/sandbox/index.ts';
import { denseModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { answerOf, cleanUp as endCommands } from '../lifecycle/slipway.ts';
import {
  cleanUp,
  newFolder,
  ROOT,
  type ServerUnderTest,
  StartRefused,
  startServer,
} from './server-under-test.ts';
import { beginShip, shipSmall, upload } from './small-table.ts';

afterAll(cleanUp);
afterAll(endCommands);

const { level } = await openSandbox('auto', join(ROOT, 'dist', 'worker.js'));

/** What the kernel says of a process: its status, whether it has a network of its own, and what its root holds. */
async function confinementOf(pid: number) {
  const [status, network, ours, top] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readlink(`/proc/${pid}/ns/net`),
    readlink('/proc/self/ns/net'),
    readdir(`/proc/${pid}/root`),
  ]);
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  return {
    capabilities: field('CapEff'),
    noNewPrivileges: field('NoNewPrivs'),
    filter: field('Seccomp'),
    user: field('Uid'),
    hasOwnNetwork: network !== ours,
    top,
  };
}

const CONFINED = {
  capabilities: '0000000000000000',
  noNewPrivileges: '1',
  filter: '2',
  hasOwnNetwork: true,
};

/** The program of a job of that kind, once it runs: until then its process is that of the sandbox, which prepares itself. */
async function jobProcess(server: ServerUnderTest, kind: string): Promise<number> {
  let pid = 0;
  await expect
    .poll(
      async () => {
        const { processes } = await server.client.call['system.status']();
        pid = processes.find(({ name }) => name === `job ${kind}`)?.pid ?? 0;
        const name = await nameOf(pid);
        return name.startsWith(process.execPath) && name.includes('worker.js');
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(true);
  return pid;
}

const nameOf = (pid: number) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

/** Processes of models that belong to a data plane: the programs, not the sandboxes around them. */
async function modelProcesses(server: ServerUnderTest): Promise<number[]> {
  const { processes } = await server.client.call['system.status']();
  const dataPlane = processes.find(({ name }) => name === 'inference')!.pid;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)));
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === dataPlane || isBelow(parents.get(pid)));
  const names = await Promise.all(pids.map(nameOf));
  return pids.filter(
    (pid, i) =>
      isBelow(pid) && names[i]!.startsWith(process.execPath) && names[i]!.includes('model-process.js'),
  );
}

async function parentOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  return parent === 0 ? undefined : parent;
}

describe.skipIf(level !== 'bubblewrap')('jobs and imported models (needs bubblewrap)', () => {
  it('run without rights, network and the files of others, and do all their work', async () => {
    const folder = await newFolder();
    const server = await startServer({ folder });
    expect((await server.client.call['system.status']()).sandbox).toEqual({
      level: 'bubblewrap',
      lacks: null,
      processes: expect.stringMatching(/^(group|namespace|user)$/),
    });

    const { processes } = await server.client.call['system.status']();
    const dataPlane = processes.find(({ name }) => name === 'inference')!.pid;
    expect(await readFile(`/proc/${dataPlane}/status`, 'utf8')).toMatch(/^NoNewPrivs:\t1$/m);
    expect(await readFile(`/proc/${dataPlane}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m);

    const pipelineRun = await beginShip(server.client, 'customers', { budgetSeconds: 6 });
    const training = await confinementOf(await jobProcess(server, 'candidate'));
    expect(training).toMatchObject(CONFINED);
    for (const hidden of ['home', 'root', 'var']) expect(training.top).not.toContain(hidden);
    expect((await followPipelineRun(server.client, pipelineRun.id, () => {})).state).toBe('done');

    // The data plane is asked over a socket, since the job has no network.
    const flags = ['--server', server.url, '--token', server.ownerKey];
    const options = { cwd: dirname(folder) };
    await writeFile(join(dirname(folder), 'rows.csv'), 'age,plan,city\n30,gold,town1\n80,none,town2\n');
    const out = join(dirname(folder), 'out.csv');
    await answerOf(['predict', 'customers', 'rows.csv', '--out', out, ...flags], options);
    expect((await readFile(out, 'utf8')).trim().split('\n')).toHaveLength(3);

    await writeFile(join(dirname(folder), 'dense.onnx'), denseModel());
    await answerOf(['models', 'import', 'dense.onnx', '--task', 'multiclass', ...flags], options);
    await answerOf(['deploy', 'dense', '--endpoint', 'dense', ...flags], options);
    const models = await modelProcesses(server);
    expect(models.length).toBeGreaterThan(0);
    for (const pid of models) {
      const model = await confinementOf(pid);
      expect(model).toMatchObject({
        ...CONFINED,
        user: process.getuid?.() === 0 ? '65534' : expect.any(String),
      });
      // Neither the data folder nor anything beside the programs.
      expect(await readdir(`/proc/${pid}/root${folder}`).catch(({ code }) => code)).toBe('ENOENT');
    }
    expect(await server.end('SIGTERM')).toBe(0);
  }, 180_000);

  it('start a server only with it where it is required, and are told of without', async () => {
    // A bubblewrap that may not make namespaces, as in many containers.
    const folder = await newFolder();
    const programs = join(dirname(folder), 'programs');
    await mkdir(programs);
    await writeFile(
      join(programs, 'bwrap'),
      '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
    );
    await chmod(join(programs, 'bwrap'), 0o755);
    const environment = { PATH: `${programs}:${process.env['PATH']}` };

    const refused = startServer({ folder, environment, set: ['work.sandbox=required'] });
    await expect(refused).rejects.toBeInstanceOf(StartRefused);
    await expect(refused).rejects.toMatchObject({
      code: 'sandbox.unavailable',
      message: expect.stringContaining('No permissions to create new namespace'),
    });

    const server = await startServer({ folder, environment });
    expect((await server.client.call['system.status']()).sandbox).toEqual({
      level: 'limits',
      lacks: expect.stringContaining('No permissions to create new namespace'),
      processes: expect.stringMatching(/^(group|watched)$/),
    });
    await shipSmall(server.client, 'customers');
    const { id: uploadId } = await upload(server.client, 'age,plan,city\n30,gold,town1\n', 'rows.csv');
    const job = await server.client.call['endpoints.predictFile']({
      params: { name: 'customers' },
      body: { uploadId, format: 'csv' },
    });
    await expect
      .poll(async () => (await server.client.call['jobs.get']({ params: { id: job.id } })).state, {
        timeout: 60_000,
      })
      .toBe('done');
    expect(await server.end('SIGTERM')).toBe(0);
  }, 180_000);
});
