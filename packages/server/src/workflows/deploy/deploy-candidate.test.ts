import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointSpecSchema, fail, failureData } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import { systemClock } from '../../kernel/index.ts';
import type { Database } from '../../metadata/index.ts';
import { createDeployer, endpointMetadata } from '../../stages/deploy/index.ts';
import { resumePipelineRuns } from '../pipeline-runs/resume-pipeline-runs.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { deployCandidate } from './deploy-candidate.ts';

const ANSWER = 0.5;

let scratch: string;
let database: Database;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-candidate-'));
  database = await openNewPglite(join(scratch, 'database'));
});
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true });
});

let ports: PipelineRunPorts;
let name: string;
/** What the endpoint answers to the known row. */
let answered: number;
let names = 0;

beforeEach(async () => {
  name = `concrete-${++names}`;
  answered = ANSWER;
  ports = {
    database,
    deployer: createDeployer({
      metadata: endpointMetadata(database),
      dataPlane: {
        apply: async (table) => table.endpoints.map((each) => ({ name: each.name, ok: true })),
        stats: () => Promise.reject(fail('dataplane.unavailable', { reason: 'nobody asks' })),
        ready: () => true,
        url: () => '',
      },
      bundles: { open: async (id) => ({ folder: `/bundles/${id}`, files: new Map() }) },
    }),
    bundles: {} as PipelineRunPorts['bundles'],
    signer: {} as PipelineRunPorts['signer'],
    models: {} as PipelineRunPorts['models'],
    clock: systemClock,
    deploying: new Set(),
    wakeWorkers: () => undefined,
    sayEnough: async () => undefined,
    cancelJob: () => undefined,
    probe: async (endpoint) => ({
      version: (await database.stores.endpoints.current(endpoint))!.modelVersion,
      values: [answered],
      milliseconds: 1,
    }),
    addresses: { console: () => '', predict: () => '', infer: () => '' },
    goldenOf: async () => ({ rows: [{}], values: [ANSWER] }),
  };
  const { stores } = database;
  await stores.models.ensure({ name, task: 'regression', target: 'y', dataset: name });
  for (const version of [1, 2]) await addVersion(version, null);
  await stores.endpoints.create({ name, model: name, target: 'y', task: 'regression' });
  await promote(1);
});

const bundleOf = (version: number) => Buffer.from(`${name}-${version}`).toString('hex').padEnd(64, '0');

const promote = (modelVersion: number) =>
  ports.deployer.promote({ endpoint: name, modelVersion, bundleId: bundleOf(modelVersion), by: 'anna' });

function addVersion(version: number, runId: string | null) {
  return database.stores.models.addVersion(name, {
    bundleId: bundleOf(version),
    runId,
    datasetVersion: 1,
    learner: 'linear',
    metrics: { rmse: 1 },
    primaryMetric: 'rmse',
    gates: [],
    bytes: 1,
  });
}

/** A pipeline run whose candidate, version 3, was compared with version 1 and passed its gates. */
async function trainedPipelineRun(task = 'regression', endpoint = name): Promise<string> {
  const { stores } = database;
  const request = { kind: 'retrain', name: endpoint, endpoint, model: name, by: 'policy' };
  const pipelineRun = await stores.pipelineRuns.create({ name: endpoint, kind: 'retrain', request });
  const run = await stores.runs.create({
    name,
    pipelineRunId: pipelineRun.id,
    dataset: name,
    datasetVersion: 1,
    target: 'y',
    task: 'regression',
  });
  const manifest = { rows: 10, schema: { columns: [] } };
  const champion = { bundleId: bundleOf(1), version: 1 };
  const input = { runId: run.id, modelName: name, dataset: name, datasetVersion: 1, manifest, champion };
  await stores.jobs.enqueue('candidate', input, { pipelineRunId: pipelineRun.id });
  const job = await stores.jobs.claim({ instance: 'srv', worker: 'one' }, ['candidate'], 60_000);
  await stores.jobs.complete(job!.id, job!.token, {
    target: 'y',
    task,
    learner: 'linear',
    bytes: 1,
    metrics: { rmse: 1 },
    primaryMetric: 'rmse',
    leaderboard: [],
    optimization: {},
    gates: { passed: true, results: [], says: 'It is better.' },
    rows: { train: 8, holdout: 2, unlabelled: 0 },
  });
  await addVersion(3, run.id);
  return pipelineRun.id;
}

const serving = async () => (await database.stores.endpoints.current(name))!.modelVersion;

describe('a candidate whose gates hold', () => {
  it('takes over from the version it was compared with', async () => {
    const id = await trainedPipelineRun();
    await deployCandidate(ports, id);
    const pipelineRun = await database.stores.pipelineRuns.get(id);
    expect(pipelineRun).toMatchObject({
      state: 'done',
      result: { promoted: true, verdict: 'It is better.' },
    });
    expect(await serving()).toBe(3);
  });

  it('takes over at the endpoint that was retrained alone, whose model has another name', async () => {
    const { stores } = database;
    const live = `${name}-live`;
    await stores.endpoints.create({ name: live, model: name, target: 'y', task: 'regression' });
    await ports.deployer.promote({ endpoint: live, modelVersion: 1, bundleId: bundleOf(1), by: 'anna' });
    const id = await trainedPipelineRun('regression', live);
    await deployCandidate(ports, id);
    const result = { promoted: true, model: { name, version: 3 }, endpoint: { name: live } };
    expect(await stores.pipelineRuns.get(id)).toMatchObject({ state: 'done', result });
    expect((await stores.endpoints.current(live))!.modelVersion).toBe(3);
    expect(await serving()).toBe(1);
  });

  it('is rolled out by steps where the endpoint says so, and its pipeline run is done', async () => {
    const versions = { [`${name}@1`]: 100 };
    const spec = endpointSpecSchema.parse({ versions, rollout: { strategy: 'canary', steps: [20, 100] } });
    await ports.deployer.declare(name, spec, 'anna');
    const id = await trainedPipelineRun();
    await deployCandidate(ports, id);
    const pipelineRun = await database.stores.pipelineRuns.get(id);
    expect(pipelineRun).toMatchObject({ state: 'done', result: { promoted: true } });
    expect(pipelineRun.stages.find(({ stage }) => stage === 'deploy')).toMatchObject({
      state: 'done',
      summary: { says: 'Version 3 answers 20 % of the requests. Its rollout proceeds automatically.' },
    });
    expect(await serving()).toBe(1);
    expect(await database.stores.rollouts.current(name)).toMatchObject({
      state: 'running',
      document: { version: 3, former: { version: 1 } },
    });
  });

  it('stays behind when somebody moved the endpoint meanwhile', async () => {
    const id = await trainedPipelineRun();
    await promote(2);
    await deployCandidate(ports, id);
    const verdict = `Endpoint ${name} was moved to version 2 meanwhile, and this one was compared with version 1.`;
    const pipelineRun = await database.stores.pipelineRuns.get(id);
    expect(pipelineRun).toMatchObject({
      state: 'refused',
      result: { promoted: false, verdict, endpoint: null },
    });
    expect(pipelineRun.stages.find(({ stage }) => stage === 'deploy')).toMatchObject({ state: 'skipped' });
    expect(await serving()).toBe(2);
  });

  it('stays behind when the endpoint has another task', async () => {
    const id = await trainedPipelineRun('binary');
    await deployCandidate(ports, id);
    const verdict = `Endpoint ${name} answers as regression, and this model is for binary.`;
    expect(await database.stores.pipelineRuns.get(id)).toMatchObject({
      state: 'refused',
      result: { verdict },
    });
    expect(await serving()).toBe(1);
  });

  it('gives way to the former version when the endpoint does not answer as it must', async () => {
    const id = await trainedPipelineRun();
    answered = 7;
    await deployCandidate(ports, id);
    const pipelineRun = await database.stores.pipelineRuns.get(id);
    expect(pipelineRun).toMatchObject({ state: 'failed', failure: { code: 'endpoint.load-failed' } });
    const [last] = await database.stores.endpoints.revisions(name);
    expect(last).toMatchObject({ modelVersion: 1, reason: 'rollback', by: 'policy' });
  });

  it('is left alone when its pipeline run was stopped', async () => {
    const id = await trainedPipelineRun();
    await database.stores.pipelineRuns.end(id, { state: 'cancelled' });
    await deployCandidate(ports, id);
    expect((await database.stores.pipelineRuns.get(id)).state).toBe('cancelled');
    expect(await serving()).toBe(1);
  });
});

describe('a deployment that the database left in the middle', () => {
  const unavailable = fail('storage.unavailable', { reason: 'it went away' });
  const told: unknown[] = [];

  /** The ports as they are, but the database is away when the known row is asked for. */
  const awayAtTheProbe = (): PipelineRunPorts => ({ ...ports, probe: () => Promise.reject(unavailable) });

  it('leaves its pipeline run running, and goes on when pipeline runs are taken up', async () => {
    const id = await trainedPipelineRun();
    await expect(deployCandidate(awayAtTheProbe(), id)).rejects.toBe(unavailable);
    expect(await database.stores.pipelineRuns.get(id)).toMatchObject({ state: 'running' });
    expect(await serving()).toBe(3); // nothing speaks against the version: nobody could look

    await resumePipelineRuns(ports, (error) => told.push(error));
    expect(await database.stores.pipelineRuns.get(id)).toMatchObject({ state: 'done' });
    expect(told).toEqual([]);
    expect(ports.deploying.size).toBe(0);
  });

  it('is not begun a second time while it goes on', async () => {
    const id = await trainedPipelineRun();
    let probes = 0;
    let goOn = () => {};
    const asked = new Promise<void>((resolve) => {
      const { probe } = ports;
      const gate = new Promise<void>((open) => {
        goOn = open;
      });
      ports.probe = async (...given) => {
        probes += 1;
        resolve();
        await gate;
        return probe(...given);
      };
    });
    const first = deployCandidate(ports, id);
    await asked;
    await resumePipelineRuns(ports, (error) => told.push(error));
    await deployCandidate(ports, id);
    expect(await database.stores.pipelineRuns.get(id)).toMatchObject({ state: 'running' });
    goOn();
    await first;
    expect({ probes, told }).toEqual({ probes: 1, told: [] });
    expect(await database.stores.endpoints.revisions(name)).toHaveLength(2);
  });

  it('ends with its job when that had failed, the run too', async () => {
    const id = await trainedPipelineRun();
    const [job] = await database.stores.jobs.list({ pipelineRunId: id });
    const { runId } = job!.input as { runId: string };
    const retried = await database.stores.jobs.enqueue('candidate', { runId }, { pipelineRunId: id });
    const claimed = await database.stores.jobs.claim(
      { instance: 'srv', worker: 'one' },
      ['candidate'],
      60_000,
    );
    expect(claimed!.id).toBe(retried.id);
    await database.stores.jobs.fail(
      retried.id,
      claimed!.token,
      failureData(fail('job.crashed', { attempts: 3 })),
    );
    await resumePipelineRuns(ports, (error) => told.push(error));
    expect(await database.stores.pipelineRuns.get(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'job.crashed' },
    });
    expect(await database.stores.runs.get(runId)).toMatchObject({ state: 'failed' });
  });
});
