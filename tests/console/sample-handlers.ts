import { fail, type MonitoringSettings, type PipelineRun, type RetrainPolicy } from '@slipway/contract';
import type { FakeHandlers } from './fake-control.ts';
import { sampleQueue } from './sample-queue.ts';
import * as world from './sample-world.ts';

export type SampleWorld = {
  handlers: FakeHandlers;
  /** The pipeline runs shown; a test may move them on. */
  pipelineRuns: PipelineRun[];
  /** Secrets of the endpoint's tokens that were made. */
  secrets: string[];
};

/** Handlers over the sample world that remember what they were told. `url` is read when they are called. */
export function sampleHandlers(url: () => string): SampleWorld {
  const secrets: string[] = [];
  const tokens = [
    {
      id: 'tok_1',
      name: 'shop-frontend',
      prefix: 'swt_9f2c',
      limits: null,
      createdAt: world.at(1),
      revokedAt: null as string | null,
    },
  ];
  const keys = [
    {
      id: 'key_1',
      name: 'owner',
      role: 'owner',
      prefix: 'swk_12ab',
      createdAt: world.at(1),
      expiresAt: null as string | null,
      revokedAt: null as string | null,
    },
  ];
  const pipelineRuns: PipelineRun[] = [
    world.pipelineRun({
      id: 'plr_demand',
      name: 'demand',
      state: 'running',
      target: 'units',
      task: 'regression',
      stages: world.stages(3, {
        progress: 0.4,
        says: 'Candidate 6 of 14; best RMSE so far 12.31.',
        facts: {
          run: 'run_2',
          tried: 9,
          stoppedEarly: 3,
          leaderboard: world.leaderboard,
          trying: [
            {
              run: 'run_2-10',
              learner: 'Boosted trees',
              params: { leaves: 24 },
              why: 'suggested by what 9 trials of boosted trees showed',
              folds: { done: 1, of: 5 },
            },
          ],
        },
      }),
      createdAt: world.at(6, '10:00:00.000'),
      endedAt: null,
    }),
    world.pipelineRun({
      id: 'plr_churn',
      name: 'churn',
      result: world.shipResult('http://127.0.0.1:7400'),
      createdAt: world.at(4),
    }),
    world.pipelineRun({ id: 'plr_churn_1', name: 'churn', createdAt: world.at(1) }),
    world.pipelineRun({
      id: 'plr_patients',
      name: 'patients',
      state: 'failed',
      target: 'readmitted',
      task: null,
      stages: world
        .stages(1)
        .map((stage, index) =>
          index === 1
            ? { ...stage, state: 'failed' as const, says: 'The target has one value only.' }
            : stage,
        ),
      failure: {
        code: 'target.constant',
        message: 'The target readmitted has the same value in every row, so there is nothing to learn.',
        hint: 'Choose another column, or give rows with both outcomes.',
        details: { target: 'readmitted' },
        path: 'target',
      },
      createdAt: world.at(2),
    }),
  ];
  let endpoint: ReturnType<typeof world.endpoint> | undefined;
  const served = () => {
    endpoint ??= world.endpoint(url());
    return endpoint;
  };
  const revise = (version: number, reason: 'promote' | 'rollback') => {
    const before = served();
    const revision = before.revision + 1;
    endpoint = {
      ...before,
      version,
      revision,
      revisions: [
        { revision, model: 'churn', version, reason, by: 'owner', createdAt: world.at(7) },
        ...before.revisions,
      ],
    };
    return endpoint;
  };
  const named = <T extends { name: string }>(name: string, thing: T): T => {
    if (name !== thing.name) throw fail('endpoint.missing', { name });
    return thing;
  };

  const handlers: FakeHandlers = {
    'system.health': () => ({ ok: true, product: 'slipway', version: '0.1.0' }),
    'system.status': () => ({
      version: '0.1.0',
      startedAt: world.at(1),
      database: 'pglite',
      dataFolder: '/data/.slipway',
      console: url(),
      inference: { ready: true, url: `${url()}/`, pid: 4712 },
      cleanUpRefused: null,
      sandbox: { level: 'bubblewrap', lacks: null, processes: 'namespace' },
      internalErrors: 0,
      processes: [
        { name: 'control', pid: 4711, rssBytes: 211_000_000 },
        { name: 'inference', pid: 4712, rssBytes: 94_000_000 },
      ],
      jobs: { queued: 0, running: 1, done: 41, failed: 1, cancelled: 0 },
      endpoints: [served()],
      pipelineRuns,
      alerts: [world.alert],
    }),
    'system.config': () => ({
      entries: [
        { key: 'http.port', value: 7400, from: 'default', says: 'Port of the control plane.' },
        {
          key: 'database.url',
          value: '***',
          from: 'environment',
          says: 'PostgreSQL to use instead of the embedded one.',
        },
        { key: 'train.budgetSeconds', value: 30, from: 'flag', says: 'Wall-clock budget of a training.' },
      ],
    }),
    'keys.list': () => ({ keys }),
    'keys.create': ({ body }) => {
      const key = { ...keys[0]!, id: `key_${keys.length + 1}`, name: body.name, role: body.role };
      keys.push(key);
      return { ...key, secret: 'swk_secret' };
    },
    'keys.revoke': ({ params }) => {
      for (const key of keys) if (key.id === params.id) key.revokedAt = world.at(7);
      return { revoked: true };
    },
    'events.list': () => ({ events: [] }),
    'audit.list': () => ({
      entries: [3, 2, 1].map((sequence) => ({
        sequence,
        at: world.at(sequence),
        who: 'owner',
        principal: 'key_1',
        details: {},
        what: 'endpoints.promote',
        subject: 'churn',
        requestId: 'req_1',
        hash: '9a'.repeat(32),
      })),
      intact: true,
      brokenAt: null,
    }),
    'pipelineRuns.list': () => ({ pipelineRuns }),
    'pipelineRuns.get': ({ params }) => {
      const found = pipelineRuns.find((each) => each.id === params.id);
      if (found === undefined) throw fail('pipeline-run.missing', { id: params.id });
      return { ...found, tag: '1' };
    },
    'pipelineRuns.cancel': ({ params }) => {
      const found = pipelineRuns.find((each) => each.id === params.id)!;
      found.state = 'cancelled';
      return found;
    },
    'runs.list': ({ query }) => ({
      runs: [
        world.run('run_2'),
        world.run('run_1', { datasetVersion: 1 }),
        ...(query.trials ? world.trials : []),
      ],
    }),
    'runs.get': ({ params }) => ({
      ...world.run(params.id),
      curves: [],
      trials: world.trials,
      report: world.validationReport,
    }),
    'runs.stop': ({ params }) => world.run(params.id),
    'runs.compare': ({ query }) => {
      const runs = query.ids.split(',').map((id) => world.trials.find((trial) => trial.id === id)!);
      return {
        runs,
        params: [
          { name: 'rounds', values: runs.map((run) => run.params.rounds ?? null), differs: true },
          { name: 'rate', values: runs.map((run) => run.params.rate ?? null), differs: false },
        ],
        metrics: [{ name: 'rocAuc', values: runs.map((run) => run.metrics.rocAuc ?? null), best: 0 }],
        curves: runs.map((_, i) => [
          { name: 'fold 1', steps: [1, 2, 3], values: [0.6, 0.5 - i / 20, 0.45 - i / 20] },
        ]),
      };
    },
    'datasets.list': () => ({
      datasets: [{ name: 'churn', versions: 2, latest: world.datasetVersion }],
    }),
    'datasets.get': () => ({
      name: 'churn',
      versions: [
        world.datasetVersion,
        { ...world.datasetVersion, version: 1, rows: 7043, createdAt: world.at(1) },
      ],
    }),
    'datasets.version': ({ params }) => ({ ...world.datasetVersion, version: Number(params.version) }),
    'datasets.preview': ({ body }) => ({
      rows: Array.from({ length: body.limit }, (_, index) => ({
        customerID: `C-${body.offset + index}`,
        tenure: index * 3,
        MonthlyCharges: index % 5 === 0 ? null : 20.05 + index,
        Contract: 'Month-to-month',
        since: '2024-02-01T00:00:00.000Z',
        SeniorCitizen: index % 2 === 0,
      })),
    }),
    ...sampleQueue().handlers,
    'models.list': () => ({ models: [{ ...world.model, versions: 3 }] }),
    'models.get': ({ params }) => named(params.name, world.model),
    'models.version': ({ params }) => ({
      ...world.modelVersion(params.version),
      card: world.card,
      report: world.validationReport,
      reportOf: params.version,
      validations: world.validations(params.version),
      tensors: null,
    }),
    'endpoints.list': () => ({ endpoints: [served()] }),
    'endpoints.get': ({ params }) =>
      params.name === 'canary' ? world.rollingOut(served()) : named(params.name, served()),
    'endpoints.promote': ({ body }) => revise(body.version ?? 3, 'promote'),
    'endpoints.rollback': () => revise(1, 'rollback'),
    'endpoints.monitoring': ({ body }) => {
      endpoint = { ...served(), monitoring: { ...served().monitoring, ...(body as MonitoringSettings) } };
      return endpoint;
    },
    'endpoints.policy': ({ body }) => {
      endpoint = { ...served(), policy: body as RetrainPolicy };
      return endpoint;
    },
    'tokens.list': () => ({ tokens }),
    'tokens.create': ({ body }) => {
      const token = { ...tokens[0]!, id: `tok_${tokens.length + 1}`, name: body.name, prefix: 'swt_new1' };
      tokens.push(token);
      secrets.push(`swt_new1_${tokens.length}`);
      return { ...token, secret: secrets.at(-1)! };
    },
    'tokens.revoke': ({ params }) => {
      for (const token of tokens) if (token.id === params.id) token.revokedAt = world.at(7);
      return { revoked: true };
    },
    'monitor.run': () => lookJob,
    'jobs.get': () => lookJob,
    'monitor.reports': () => ({
      reports: [
        world.monitorReport,
        { ...world.monitorReport, createdAt: world.at(5), drifted: false, says: 'No drift.' },
      ],
      alerts: [world.alert],
    }),
  };
  return { handlers, pipelineRuns, secrets };
}

const lookJob = {
  id: 'job_1',
  kind: 'monitor',
  state: 'done' as const,
  attempts: 1,
  pipelineRunId: null,
  progress: null,
  output: null,
  failure: null,
  createdAt: world.at(7),
  startedAt: world.at(7),
  endedAt: world.at(7),
};

/** A platform on its first day. */
export const emptyHandlers = (url: () => string): FakeHandlers => ({
  ...sampleHandlers(url).handlers,
  'pipelineRuns.list': () => ({ pipelineRuns: [] }),
  'endpoints.list': () => ({ endpoints: [] }),
  'datasets.list': () => ({ datasets: [] }),
  'models.list': () => ({ models: [] }),
  'runs.list': () => ({ runs: [] }),
});
