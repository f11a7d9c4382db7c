import { fail, isFailure, type Stage } from '@slipway/contract';
import type { Job, PipelineRun } from '../../execution/index.ts';
import type { EndpointRevision } from '../../metadata/index.ts';
import type { CandidateInput, CandidateOutput, PipelineRunRequest, StageProgress } from '../model.ts';
import { failPipelineRun } from '../pipeline-runs/end-failed.ts';
import { type Candidate, shipResult } from '../pipeline-runs/ship-result.ts';
import type { PipelineRunPorts, ProbeAnswer } from '../ports.ts';
import { isInUse } from '../retraining/dataset-growth.ts';
import { raiseBackoff } from '../retraining/retraining-backoff.ts';
import { endpointOf } from '../start/names-of-request.ts';

/** Whether the candidate takes traffic, and why. */
type Decision = { promoted: boolean; verdict: string; isOnItsWay?: boolean };

/**
 * The rest of a pipeline run once its candidate is registered: promote it if the gates hold, see it answer, say what came
 * of it. Every step may be done again, so a pipeline run that a crash cut off goes on from here; one that is being deployed
 * already is left to whoever does it.
 *
 * Throws `storage.unavailable` when the database went away: the pipeline run is then where it was, to be taken up later.
 */
export async function deployCandidate(ports: PipelineRunPorts, pipelineRunId: string): Promise<void> {
  if (ports.deploying.has(pipelineRunId)) return;
  ports.deploying.add(pipelineRunId);
  try {
    await deployAlone(ports, pipelineRunId);
  } finally {
    ports.deploying.delete(pipelineRunId);
  }
}

async function deployAlone(ports: PipelineRunPorts, pipelineRunId: string): Promise<void> {
  const pipelineRun = await ports.database.stores.pipelineRuns.get(pipelineRunId);
  if (pipelineRun.state !== 'running') return;
  try {
    const candidate = await candidateOf(ports, pipelineRun);
    const decision = await deploy(ports, pipelineRun, candidate);
    if (decision === undefined) return;
    if (decision.isOnItsWay) await leaveToRollout(ports, pipelineRun, candidate);
    else if (decision.promoted) await serve(ports, pipelineRun, candidate);
    await watch(ports, pipelineRun, candidate, decision.promoted);
    await finish(ports, pipelineRun, candidate, decision);
  } catch (thrown) {
    if (isFailure(thrown, 'storage.unavailable')) throw thrown;
    await failPipelineRun(ports, pipelineRunId, thrown);
  }
}

async function candidateOf(ports: PipelineRunPorts, pipelineRun: PipelineRun): Promise<Candidate> {
  const { jobs, models } = ports.database.stores;
  const job: Job | undefined = (
    await jobs.list({ pipelineRunId: pipelineRun.id, kind: 'candidate', state: 'done' })
  )[0];
  if (job === undefined) throw fail('job.missing', { id: pipelineRun.id });
  const input = job.input as CandidateInput;
  const versions = await models.versions(input.modelName);
  const version = versions.find((one) => one.runId === input.runId);
  if (version === undefined) throw fail('model.version-missing', { name: input.modelName, version: '?' });
  const endpoint = endpointOf(pipelineRun.request as PipelineRunRequest);
  return { input, output: job.output as CandidateOutput, version, endpoint };
}

/**
 * Promotes the candidate when the gates hold and the endpoint is still the one it was trained to beat; what speaks
 * against it is a verdict, not a failure. Undefined when the pipeline run was stopped meanwhile.
 */
async function deploy(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  candidate: Candidate,
): Promise<Decision | undefined> {
  const { input, output, version, endpoint: name } = candidate;
  const { stores } = ports.database;
  await stores.pipelineRuns.beginStage(pipelineRun.id, 'deploy');
  if (pipelineRun.kind === 'train') return registerOnly(ports, pipelineRun, candidate);
  const current = await stores.endpoints.current(name);
  const objection = output.gates.passed
    ? await objectionTo(ports, pipelineRun, candidate, current)
    : output.gates.says;
  if ((await stores.pipelineRuns.get(pipelineRun.id)).state !== 'running') return undefined;
  if (objection !== undefined) {
    const says = `Version ${version.version} is kept but takes no traffic: ${objection}`;
    await endStage(ports, pipelineRun.id, 'deploy', 'skipped', says, {});
    return { promoted: false, verdict: objection };
  }
  if ((await stores.endpoints.find(name)) === undefined) {
    await stores.endpoints.create({ name, model: input.modelName, target: output.target, task: output.task });
  }
  const by = (pipelineRun.request as PipelineRunRequest).by;
  const promotion = { endpoint: name, modelVersion: version.version, bundleId: version.bundleId, by };
  const { rollout } = await ports.deployer.deploy(promotion);
  if (rollout !== undefined) {
    const { id, rollout: state } = rollout;
    const facts = { endpoint: name, version: version.version, former: state.former.version, rollout: id };
    await endStage(
      ports,
      pipelineRun.id,
      'deploy',
      'done',
      state.plan.strategy === 'shadow'
        ? `${state.says} It stays until somebody promotes it.`
        : `${state.says} Its rollout proceeds automatically.`,
      facts,
    );
    return { promoted: true, verdict: output.gates.says, isOnItsWay: true };
  }
  const former = current === undefined ? '' : ` in place of version ${current.modelVersion}`;
  await endStage(
    ports,
    pipelineRun.id,
    'deploy',
    'done',
    `Version ${version.version} answers at endpoint ${name}${former}.`,
    {
      endpoint: name,
      version: version.version,
      former: current?.modelVersion ?? null,
    },
  );
  return { promoted: true, verdict: output.gates.says };
}

/** A training ends with the version in the registry, whatever the gates say: nobody asked that it take traffic. */
async function registerOnly(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  { output, version }: Candidate,
) {
  const says = `Version ${version.version} of ${version.model} is registered; a training deploys nothing.`;
  await endStage(ports, pipelineRun.id, 'deploy', 'skipped', says, {});
  return { promoted: false, verdict: output.gates.says };
}

/** Why a candidate whose gates hold must not take over: the endpoint is not what it was when training began. */
async function objectionTo(
  ports: PipelineRunPorts,
  { kind }: PipelineRun,
  { input, output, version, endpoint: name }: Candidate,
  current: EndpointRevision | undefined,
): Promise<string | undefined> {
  const endpoint = await ports.database.stores.endpoints.find(name);
  if (endpoint !== undefined && endpoint.task !== output.task)
    return `Endpoint ${name} answers as ${endpoint.task}, and this model is for ${output.task}.`;
  if (kind === 'retrain' && !(await isInUse(ports.database.stores, input.dataset, input.datasetVersion)))
    return `Version ${input.datasetVersion} of dataset ${input.dataset}, which it was trained on, was rolled back meanwhile.`;
  const expected = [version.version, input.champion?.version];
  if (current === undefined || expected.includes(current.modelVersion)) return undefined;
  const beaten = input.champion === null ? 'with no version' : `with version ${input.champion.version}`;
  return `Endpoint ${name} was moved to version ${current.modelVersion} meanwhile, and this one was compared ${beaten}.`;
}

/** Sees the endpoint answer; one that does not goes back to the version it served before. */
async function serve(ports: PipelineRunPorts, pipelineRun: PipelineRun, candidate: Candidate): Promise<void> {
  try {
    await probe(ports, pipelineRun, candidate);
  } catch (failure) {
    if (isFailure(failure, 'storage.unavailable')) throw failure; // it may answer well: nobody looked
    await putFormerBack(ports, pipelineRun, candidate).catch(() => undefined); // the probe's failure is the one to tell
    throw failure;
  }
}

/** What answers is for the rollout to see: the endpoint may give either version's answer. */
async function leaveToRollout(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  { endpoint }: Candidate,
): Promise<void> {
  await ports.database.stores.pipelineRuns.beginStage(pipelineRun.id, 'serve');
  const says = 'It gave its known answers before it got requests; the rollout watches the rest.';
  await endStage(ports, pipelineRun.id, 'serve', 'done', says, {
    next: `slipway endpoints show ${endpoint}`,
  });
}

async function putFormerBack(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  candidate: Candidate,
): Promise<void> {
  const { input, version, endpoint } = candidate;
  const current = await ports.database.stores.endpoints.current(endpoint);
  if (input.champion === null || current?.modelVersion !== version.version) return;
  await ports.deployer.rollback(endpoint, (pipelineRun.request as PipelineRunRequest).by);
}

/** Asks the endpoint over HTTP and compares with what the model must answer. */
async function probe(ports: PipelineRunPorts, pipelineRun: PipelineRun, candidate: Candidate): Promise<void> {
  const { version, endpoint: name } = candidate;
  await ports.database.stores.pipelineRuns.beginStage(pipelineRun.id, 'serve');
  const golden = await ports.goldenOf(version.bundleId);
  const answer = await ports.probe(name, golden.rows);
  assertSame(candidate, golden.values, answer);
  await endStage(
    ports,
    pipelineRun.id,
    'serve',
    'done',
    `${golden.rows.length} golden rows verified over HTTP in ${answer.milliseconds.toFixed(1)} ms.`,
    {
      url: ports.addresses.predict(name),
      inferUrl: ports.addresses.infer(name),
      rows: golden.rows.length,
      milliseconds: answer.milliseconds,
    },
  );
}

function assertSame(
  { input: { champion }, version: { version }, endpoint }: Candidate,
  expected: readonly (string | number)[],
  answer: ProbeAnswer,
): void {
  const same = (left: string | number, right: string | number | null | undefined) =>
    typeof left === 'number' && typeof right === 'number'
      ? Math.abs(left - right) <= 1e-5 * Math.max(1, Math.abs(left))
      : left === right;
  const consequence =
    champion === null
      ? 'It is the only version of the endpoint and still serves: pause or remove the endpoint, or deploy another version'
      : 'The previous version is restored';
  if (answer.version !== version) {
    throw fail('endpoint.load-failed', {
      name: endpoint,
      version,
      reason: `version ${answer.version} answered instead`,
      consequence,
    });
  }
  const wrong = expected.findIndex((value, row) => !same(value, answer.values[row]));
  if (wrong >= 0) {
    throw fail('endpoint.load-failed', {
      name: endpoint,
      version,
      reason: `known row ${wrong} came back as ${answer.values[wrong]}`,
      consequence,
    });
  }
}

async function watch(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  candidate: Candidate,
  promoted: boolean,
): Promise<void> {
  const { pipelineRuns } = ports.database.stores;
  if (!promoted) {
    for (const stage of ['serve', 'monitor', 'retrain'] as const) {
      await pipelineRuns.beginStage(pipelineRun.id, stage);
      await endStage(ports, pipelineRun.id, stage, 'skipped', 'Nothing new takes traffic.', {});
    }
    return;
  }
  await pipelineRuns.beginStage(pipelineRun.id, 'monitor');
  await pipelineRuns.beginStage(pipelineRun.id, 'retrain');
  const name = candidate.endpoint;
  const rows = candidate.output.rows.train.toLocaleString('en');
  await endStage(
    ports,
    pipelineRun.id,
    'monitor',
    'done',
    `Every prediction is logged; the reference is the profile of ${rows} training rows.`,
    {
      next: `slipway monitor ${name}`,
    },
  );
  await endStage(
    ports,
    pipelineRun.id,
    'retrain',
    'done',
    'Ready: new rows are appended, and a new version must beat this one on the same rows.',
    {
      next: `slipway retrain ${name} NEWFILE`,
    },
  );
}

async function finish(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  candidate: Candidate,
  decision: Decision,
): Promise<void> {
  const { pipelineRuns } = ports.database.stores;
  const result = shipResult(ports, await pipelineRuns.get(pipelineRun.id), candidate, decision);
  const isDone = decision.promoted || pipelineRun.kind === 'train';
  await ports.database.transaction(async (stores) => {
    await stores.pipelineRuns.end(pipelineRun.id, { state: isDone ? 'done' : 'refused', result });
    if (!isDone) await raiseBackoff(stores, pipelineRun.name);
  });
}

async function endStage(
  ports: PipelineRunPorts,
  pipelineRunId: string,
  stage: Stage,
  state: 'done' | 'skipped',
  says: string,
  facts: Record<string, unknown>,
): Promise<void> {
  await ports.database.stores.pipelineRuns.endStage(pipelineRunId, stage, state, news(stage, says, facts));
}

function news(stage: Stage, says: string, facts: Record<string, unknown>): Omit<StageProgress, 'state'> {
  return { stage, says, progress: null, seconds: null, facts };
}
