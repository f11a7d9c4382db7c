import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PipelineRun, type Run, STAGES } from '@slipway/contract';
import { type Client, followPipelineRun } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../../packages/server/src/adapters/database/pglite-engine.ts';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';
import { beginShip, shipSmall, smallTable, upload } from './small-table.ts';

const LONG = 180_000;
const patience = { timeout: 90_000, interval: 50 };

afterAll(cleanUp);

/** The process that trains for the platform; waits until there is one, other than `but`. */
function trainer(client: Client, but: readonly number[] = []): Promise<number> {
  return vi.waitFor(async () => {
    const { processes } = await client.call['system.status']();
    const found = processes.find(({ name, pid }) => name === 'job candidate' && !but.includes(pid));
    expect(found).toBeDefined();
    // The program, not the sandbox that is about to start it.
    if (existsSync('/proc/self')) expect(await commandOf(found!.pid)).toMatch(/^[^\0]*node/);
    return found!.pid;
  }, patience);
}

const commandOf = (pid: number) => readFile(`/proc/${pid}/cmdline`, 'utf8');

/** Waits until the process is training in earnest: its pipeline run tells of trials. */
function training(client: Client, { id }: PipelineRun): Promise<void> {
  return vi.waitFor(async () => {
    const { stages } = await client.call['pipelineRuns.get']({ params: { id } });
    expect(stages.find(({ stage }) => stage === 'train')?.state).toBe('running');
  }, patience);
}

const ended = (client: Client, { id }: PipelineRun) => followPipelineRun(client, id, () => {});
const candidateOf = async (client: Client, { id }: PipelineRun) =>
  (await client.call['jobs.list']()).jobs.find(
    (job) => job.pipelineRunId === id && job.kind === 'candidate',
  )!;

const gone = (pid: number) => vi.waitFor(() => expect(isRunning(pid)).toBe(false), patience);

/** Trials of the pipeline run's run that are over and were fitted on every fold. */
async function doneTrials(client: Client, { id }: PipelineRun): Promise<Run[]> {
  const { runs } = await client.call['runs.list']({ query: { limit: 1000, trials: 'true' } });
  const own = runs.find((run) => run.pipelineRunId === id);
  return runs.filter((run) => run.parentId === own?.id && run.state === 'done' && run.why !== null);
}

async function scratch({ folder }: ServerUnderTest): Promise<string[]> {
  return [...(await readdir(join(folder, 'work'))), ...(await readdir(join(folder, 'objects', 'incoming')))];
}

describe('while a model is trained', () => {
  let server: ServerUnderTest;
  let client: Client;
  beforeAll(async () => {
    server = await startServer({ folder: await newFolder() });
    client = server.client;
  }, LONG);

  it(
    'the control plane answers',
    async () => {
      const pipelineRun = await beginShip(client, 'busy', { budgetSeconds: 8 });
      await training(client, pipelineRun);
      for (let call = 0; call < 20; call++) {
        expect((await fetch(`${server.url}/api/v1/health`)).status).toBe(200);
        await client.call['pipelineRuns.list']();
      }
      expect((await candidateOf(client, pipelineRun)).state).toBe('running');
      expect((await ended(client, pipelineRun)).state).toBe('done');
    },
    LONG,
  );

  it(
    'and its process is killed, the job is taken up again and done once',
    async () => {
      const pipelineRun = await beginShip(client, 'struck', { budgetSeconds: 4 });
      const pid = await trainer(client);
      await training(client, pipelineRun);
      process.kill(pid, 'SIGKILL');
      expect((await ended(client, pipelineRun)).state).toBe('done');
      expect(await candidateOf(client, pipelineRun)).toMatchObject({ state: 'done', attempts: 2 });
      expect((await client.call['models.get']({ params: { name: 'struck' } })).versions).toHaveLength(1);
      expect(await scratch(server)).toEqual([]);
    },
    LONG,
  );

  it(
    'and its process is killed, the search goes on from the trials that were done, none of them fitted again',
    async () => {
      const { id } = await upload(client, smallTable());
      const body = { uploadId: id, name: 'goes-on', target: 'left', budgetSeconds: 120, trials: 500 };
      const pipelineRun = await client.call['pipelineRuns.train']({ body });
      const before = await vi.waitFor(async () => {
        const trials = await doneTrials(client, pipelineRun);
        expect(trials.length).toBeGreaterThan(2);
        return trials;
      }, patience);
      process.kill(await trainer(client), 'SIGKILL');
      await vi.waitFor(async () => {
        expect((await doneTrials(client, pipelineRun)).length).toBeGreaterThan(before.length);
      }, patience);
      const [search] = (await client.call['runs.list']({ query: { name: 'goes-on' } })).runs;
      await client.call['runs.stop']({ params: { id: search!.id } });
      const { state, result } = await ended(client, pipelineRun);
      expect(state).toBe('done');
      expect(result!.endpoint).toBeNull();
      // A fit done anew would have taken another time, to the microsecond.
      const board = new Map(result!.leaderboard.map((entry) => [entry.run, entry.seconds]));
      for (const { id, seconds } of before) expect(board.get(id)).toBe(seconds);
      const { runs } = await client.call['runs.list']({ query: { trials: 'true', name: 'goes-on' } });
      expect(runs.every((run) => run.state === 'done')).toBe(true);
    },
    LONG,
  );

  it(
    'and is told enough, it ends with the best it has and its pipeline run goes on',
    async () => {
      const pipelineRun = await beginShip(client, 'enough', { budgetSeconds: 600 });
      await vi.waitFor(
        async () => expect((await doneTrials(client, pipelineRun)).length).toBeGreaterThan(0),
        patience,
      );
      const [run] = (await client.call['runs.list']({ query: { name: 'enough' } })).runs;
      await client.call['runs.stop']({ params: { id: run!.id } });
      const { state, result } = await ended(client, pipelineRun);
      expect({ state, promoted: result?.promoted }).toEqual({ state: 'done', promoted: true });
      await expect(client.call['runs.stop']({ params: { id: run!.id } })).rejects.toMatchObject({
        code: 'run.not-searching',
      });
    },
    LONG,
  );

  it(
    'and its process is killed three times, the pipeline run fails in its stage with a code',
    async () => {
      const pipelineRun = await beginShip(client, 'doomed', { budgetSeconds: 60 });
      const pids: number[] = [];
      for (let death = 0; death < 3; death++) {
        pids.push(await trainer(client, pids));
        process.kill(pids.at(-1)!, 'SIGKILL');
      }
      await expect(ended(client, pipelineRun)).rejects.toMatchObject({
        code: 'job.crashed',
        details: { attempts: 3 },
      });
      const { state, stages, failure } = await client.call['pipelineRuns.get']({
        params: { id: pipelineRun.id },
      });
      expect({ state, code: failure?.code }).toEqual({ state: 'failed', code: 'job.crashed' });
      expect(stages.filter((one) => one.state === 'running')).toEqual([]);
      const { runs } = await client.call['runs.list']({ query: { name: 'doomed' } });
      expect(runs.map((run) => run.state)).toEqual(['failed']);
      expect(await scratch(server)).toEqual([]);
    },
    LONG,
  );

  it.each(['pipelineRuns.cancel', 'jobs.cancel'] as const)(
    'and somebody cancels (%s), its process ends and nothing is left running',
    async (how) => {
      const name = how.replace('.', '-').toLowerCase();
      const pipelineRun = await beginShip(client, name, { budgetSeconds: 60 });
      const pid = await trainer(client);
      await training(client, pipelineRun);
      const id = how === 'jobs.cancel' ? (await candidateOf(client, pipelineRun)).id : pipelineRun.id;
      await client.call[how]({ params: { id } });
      await gone(pid);
      const after = await client.call['pipelineRuns.get']({ params: { id: pipelineRun.id } });
      expect(after.state).toBe('cancelled');
      expect(after.stages.filter((one) => one.state === 'running')).toEqual([]);
      expect((await candidateOf(client, pipelineRun)).state).toBe('cancelled');
      expect((await client.call['runs.list']({ query: { name } })).runs.map((run) => run.state)).toEqual([
        'cancelled',
      ]);
      await vi.waitFor(async () => expect(await scratch(server)).toEqual([]), patience);
      expect((await client.call['audit.list']()).entries[0]).toMatchObject({ what: 'pipelineRuns.cancel' });
    },
    LONG,
  );
});

describe('a server that is ended while a model is trained', () => {
  it.each([
    ['SIGTERM', 0, 1],
    ['SIGKILL', null, 2],
  ] as const)(
    'by %s goes on with it after a restart, and leaves no process behind',
    async (signal, code, attempts) => {
      const folder = await newFolder();
      const server = await startServer({ folder });
      const pipelineRun = await beginShip(server.client, 'patient', { budgetSeconds: 5 });
      const pid = await trainer(server.client);
      await training(server.client, pipelineRun);
      expect(await server.end(signal)).toBe(code);
      await gone(pid);
      expect(existsSync(join(folder, 'server.json'))).toBe(signal === 'SIGKILL');
      const again = await startServer({ folder });
      expect((await ended(again.client, pipelineRun)).state).toBe('done');
      expect(await candidateOf(again.client, pipelineRun)).toMatchObject({ state: 'done', attempts });
      expect(await scratch(again)).toEqual([]);
      await again.end('SIGTERM');
    },
    LONG,
  );
});

describe('a pipeline run that was cut off between its last job and its deployment', () => {
  it(
    'goes on after the restart: the endpoint answers',
    async () => {
      const folder = await newFolder();
      const server = await startServer({ folder });
      const { endpoint } = await shipSmall(server.client, 'cut');
      const [pipelineRun] = (await server.client.call['pipelineRuns.list']()).pipelineRuns;
      await server.end('SIGTERM');
      await cutOff(folder);
      const again = await startServer({ folder });
      const { state, result, stages } = await ended(again.client, pipelineRun!);
      expect(state).toBe('done');
      expect(result?.endpoint?.name).toBe(endpoint?.name);
      expect(stages.map((one) => one.stage)).toEqual([...STAGES]);
      const view = await again.client.call['endpoints.get']({ params: { name: 'cut' } });
      expect(view).toMatchObject({ state: 'ready', version: 1, revision: 1 });
      const token = await again.client.call['tokens.create']({
        params: { name: 'cut' },
        body: { name: 'x' },
      });
      const answer = await again.client.predict(
        { url: view.url, token: token.secret },
        view.example.rows! as never,
      );
      expect(answer.predictions).toHaveLength(1);
      await again.end('SIGTERM');
    },
    LONG,
  );
});

/** Puts the database where it is right after the transaction that completes the last job. */
async function cutOff(folder: string): Promise<void> {
  const { pglite } = await startEngine(join(folder, 'database'));
  await pglite.exec(`
    DELETE FROM endpoint_tokens; DELETE FROM endpoint_revisions; DELETE FROM endpoints; DELETE FROM model_aliases;
    UPDATE pipeline_runs SET state = 'running', result = NULL, ended_at = NULL, stages = (
      SELECT json_agg(one) FROM json_array_elements(stages) AS one
      WHERE one->>'stage' NOT IN ('deploy', 'serve', 'monitor', 'retrain'));`);
  await pglite.close();
}
