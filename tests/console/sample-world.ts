import {
  type Alert,
  type DatasetVersion,
  type Endpoint,
  endpointSpecSchema,
  type Gate,
  type LeaderboardEntry,
  type Model,
  type ModelValidation,
  type ModelVersion,
  type MonitorReport,
  type PipelineRun,
  type PipelineRunStage,
  type Rollout,
  type Run,
  rolloutPlanSchema,
  type ShadowComparison,
  type ShipResult,
  STAGES,
  type Stage,
} from '@slipway/contract';

/** A platform in the middle of its life: one model that serves and drifts, one in training, one that failed. */

const DAY = '2026-03-0';
export const at = (day: number, time = '09:30:00.000') => `${DAY}${day}T${time}Z`;

const SAYS: Record<Stage, string> = {
  ingest: 'Read 7,043 rows and 21 columns from telco_churn.csv.',
  prepare: 'Uses 19 columns; left out customerID, which names each row. Held out 1,409 rows, stratified.',
  label: 'The rows came with their labels.',
  train: 'Tried 14 candidates in 30 s; boosted trees lead with ROC AUC 0.8481.',
  validate: 'Reaches ROC AUC 0.8452 on 1,409 rows never trained on; every gate holds.',
  optimize: 'Pruned 61 of 180 trees within the quality limit; 2.4 times faster.',
  pack: 'Signed bundle of 412 kB; trained code, ONNX and trees agree on all rows.',
  deploy: 'Version 1 answers as revision 1.',
  serve: 'Ready at http://127.0.0.1:7401/v1/endpoints/churn/predict.',
  monitor: 'Every prediction is logged; the first look follows in 60 minutes.',
  retrain: 'By itself when drift shows, at most once a day.',
};

const FACTS: Partial<Record<Stage, Record<string, unknown>>> = {
  ingest: { rows: 7043, columns: 21, bytes: 977_501, format: 'csv', delimiter: ',' },
  prepare: {
    steps: ['Predict Churn: Yes against No.', 'Leave out customerID: it names rows.'],
    inputs: 19,
    features: 45,
    trainRows: 5634,
    holdoutRows: 1409,
    dropped: [{ name: 'customerID', reason: 'identifier', says: 'Names each row.' }],
    leakage: [],
  },
  train: { candidates: 14, folds: 5, learner: 'boosted-trees', budgetSeconds: 30 },
  pack: {
    bytes: 412_338,
    parity: { rows: 1409, largestDifference: { flat: 0, onnx: 2.4e-7 } },
    importance: { tenure: 0.31, Contract: 0.42, MonthlyCharges: 0.22, SeniorCitizen: 0.05 },
  },
  validate: {
    confusion: {
      classes: ['No', 'Yes'],
      counts: [
        [921, 114],
        [162, 212],
      ],
    },
  },
};

type Running = Pick<PipelineRunStage, 'progress' | 'says'> & Partial<PipelineRunStage>;

export function stages(done: number, running?: Running): PipelineRunStage[] {
  return STAGES.map((stage, index): PipelineRunStage => {
    if (index < done) {
      const skipped = stage === 'label';
      return {
        stage,
        state: skipped ? 'skipped' : 'done',
        says: SAYS[stage],
        progress: null,
        seconds: skipped ? null : 0.4 + index,
        startedAt: at(1),
        endedAt: at(1),
        facts: FACTS[stage] ?? {},
      };
    }
    if (index === done && running !== undefined) {
      return {
        stage,
        state: 'running',
        seconds: null,
        startedAt: at(1),
        endedAt: null,
        facts: {},
        ...running,
      };
    }
    const never = { startedAt: null, endedAt: null };
    return { stage, state: 'waiting', says: null, progress: null, seconds: null, ...never, facts: {} };
  });
}

export const gates: Gate[] = [
  {
    id: 'beats-baseline',
    passed: true,
    observed: 0.345,
    threshold: 0,
    says: 'ROC AUC is 0.345 above always answering the most frequent class, 95 % interval 0.32 to 0.37.',
  },
  {
    id: 'calibration',
    passed: true,
    observed: 0.018,
    threshold: 0.05,
    says: 'Stated probabilities are within 0.018 of what came true.',
  },
  {
    id: 'parity',
    passed: true,
    observed: 2.4e-7,
    threshold: 1e-4,
    says: 'The packed model answers like the trained one.',
  },
];

const closedGates: Gate[] = [
  {
    id: 'not-worse-than-champion',
    passed: false,
    observed: -0.021,
    threshold: -0.005,
    says: 'ROC AUC is 0.021 below version 2 on the same rows.',
  },
  ...gates.slice(1),
];

export const leaderboard: LeaderboardEntry[] = [
  ['boosted-trees', { rounds: 180, leaves: 31, rate: 0.06 }, 0.8481, 0.0031],
  ['boosted-trees', { rounds: 90, leaves: 15, rate: 0.1 }, 0.8465, 0.0036],
  ['linear', { penalty: 0.01 }, 0.8442, 0.0029],
].map(([learner, params, value, error], index) => ({
  rank: index + 1,
  run: `run_2-${index + 1}`,
  learner: learner as string,
  params: params as Record<string, unknown>,
  metric: 'rocAuc',
  value: value as number,
  standardError: error as number,
  folds: 5,
  seconds: 3.2 - index,
  chosen: index === 0,
}));

const METRICS = { rocAuc: 0.8452, prAuc: 0.6631, logLoss: 0.4127, accuracy: 0.8041, f1: 0.5912 };

export function shipResult(url: string, version = 1): ShipResult {
  return {
    dataset: { name: 'churn', version: 1, rows: 7043, columns: 21 },
    task: 'binary',
    target: 'Churn',
    model: { name: 'churn', version, learner: 'boosted-trees', bytes: 412_338 },
    metrics: { primary: { name: 'rocAuc', value: METRICS.rocAuc }, all: METRICS },
    leaderboard,
    gates,
    optimization: {
      says: 'Kept 119 of 180 trees.',
      chosen: 'fewer rounds',
      table: [
        {
          variant: 'as trained',
          bytes: 655_200,
          trees: 180,
          latency: { oneRowMicroseconds: 9.8 },
          quality: { metric: 'log-loss', value: 0.4126 },
        },
        {
          variant: 'fewer rounds',
          bytes: 412_338,
          trees: 119,
          latency: { oneRowMicroseconds: 4.1 },
          quality: { metric: 'log-loss', value: 0.4127 },
        },
      ],
      holdout: { metric: 'roc-auc', before: 0.8455, after: 0.8452 },
    },
    promoted: true,
    verdict: 'Promoted: every gate holds.',
    endpoint: { name: 'churn', url: `${url}/predict`, inferUrl: `${url}/v2/models/churn/infer`, token: null },
    console: url,
    seconds: { ingest: 0.4, train: 30.2 },
  };
}

export function pipelineRun(part: Partial<PipelineRun> & Pick<PipelineRun, 'id' | 'name'>): PipelineRun {
  return {
    kind: 'ship',
    state: 'done',
    target: 'Churn',
    task: 'binary',
    by: 'owner',
    reason: null,
    stages: stages(11),
    result: null,
    failure: null,
    createdAt: at(1),
    ...part,
    endedAt:
      part.endedAt === undefined ? (part.createdAt ?? at(1)).replace('09:30:00', '09:31:10') : part.endedAt,
  };
}

export const datasetVersion: DatasetVersion = {
  dataset: 'churn',
  version: 2,
  manifest: 'ab'.repeat(32),
  rows: 7543,
  columns: 6,
  bytes: 401_233,
  addedBytes: 30_112,
  source: 'telco_churn_march.csv',
  createdAt: at(4),
  parent: 'cd'.repeat(32),
  schema: [
    { name: 'customerID', type: 'string', role: 'identifier', nullable: false },
    { name: 'tenure', type: 'number', role: 'numeric', nullable: false, integer: true },
    {
      name: 'MonthlyCharges',
      type: 'number',
      role: 'numeric',
      nullable: true,
      reading: { as: 'number', decimal: '.', thousands: ',' },
    },
    { name: 'Contract', type: 'string', role: 'categorical', nullable: false, reading: { as: 'string' } },
    {
      name: 'since',
      type: 'timestamp',
      role: 'datetime',
      nullable: false,
      reading: { as: 'timestamp', formats: ['%d/%m/%Y'], order: 'dmy', timeZone: 'Europe/Berlin' },
    },
    { name: 'SeniorCitizen', type: 'boolean', role: 'boolean', nullable: false },
  ],
  missingWords: ['NA', 'N/A', 'null'],
  report: {
    source: 'telco_churn_march.csv',
    format: 'csv',
    rows: 500,
    columns: 6,
    findings: [
      {
        code: 'delimiter',
        severity: 'info',
        message: 'Fields are separated by commas.',
        override: '--delimiter',
      },
      {
        code: 'value-not-read',
        severity: 'warning',
        message: '1 value of MonthlyCharges is not a number and was read as missing.',
        column: 'MonthlyCharges',
        line: 212,
        value: '#DIV/0!',
        count: 1,
        override: '--types MonthlyCharges:string',
      },
    ],
    omitted: 0,
  },
  profile: [
    {
      name: 'customerID',
      type: 'string',
      role: 'identifier',
      rows: 7543,
      missing: 0,
      distinct: 7543,
      distinctApproximate: true,
      notes: ['Every value is different.'],
    },
    numberColumn('tenure', [820, 640, 510, 430, 400, 380, 395, 460, 700, 1100]),
    numberColumn('MonthlyCharges', [1600, 420, 300, 610, 820, 990, 1010, 890, 610, 240], 120),
    {
      name: 'Contract',
      type: 'string',
      role: 'categorical',
      rows: 7543,
      missing: 0,
      distinct: 3,
      distinctApproximate: false,
      top: [
        { value: 'Month-to-month', count: 4100 },
        { value: 'Two year', count: 1800 },
        { value: 'One year', count: 1643 },
      ],
      notes: [],
    },
    {
      name: 'since',
      type: 'timestamp',
      role: 'datetime',
      rows: 7543,
      missing: 0,
      distinct: 72,
      distinctApproximate: false,
      numeric: {
        ...histogram(
          [10, 40, 90, 160],
          Date.parse('2020-01-01T00:00:00Z'),
          Date.parse('2026-01-01T00:00:00Z'),
        ),
      },
      notes: [],
    },
    {
      name: 'SeniorCitizen',
      type: 'boolean',
      role: 'boolean',
      rows: 7543,
      missing: 0,
      distinct: 2,
      distinctApproximate: false,
      top: [
        { value: 'false', count: 6300 },
        { value: 'true', count: 1243 },
      ],
      notes: [],
    },
  ],
  segments: [{ sha256: 'ef'.repeat(32), rows: 7043, bytes: 371_121 }],
};

function numberColumn(name: string, counts: number[], missing = 0): DatasetVersion['profile'][number] {
  return {
    name,
    type: 'number',
    role: 'numeric',
    rows: 7543,
    missing,
    distinct: 73,
    distinctApproximate: false,
    numeric: histogram(counts, 0, 72),
    notes: missing > 0 ? ['Missing where nothing was billed yet.'] : [],
  };
}

function histogram(counts: number[], min: number, max: number) {
  const step = (max - min) / counts.length;
  const quantile = (share: number) => min + share * (max - min);
  return {
    min,
    max,
    mean: quantile(0.45),
    standardDeviation: (max - min) / 4,
    quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map(quantile),
    histogram: { edges: [...counts.map((_, index) => min + index * step), max], counts },
  };
}

export function modelVersion(version: number, part: Partial<ModelVersion> = {}): ModelVersion {
  return {
    version,
    aliases: [],
    bundleId: `${version}`.repeat(8),
    runId: `run_${version}`,
    dataset: 'churn',
    datasetVersion: version,
    learner: version === 2 ? 'linear' : 'boosted-trees',
    metrics: { ...METRICS, rocAuc: 0.83 + version / 100, logLoss: 0.43 - version / 100 },
    primaryMetric: 'rocAuc',
    gates: version === 3 ? closedGates : gates,
    bytes: 412_338,
    createdAt: at(version),
    ...part,
  };
}

export const model: Model = {
  name: 'churn',
  task: 'binary',
  target: 'Churn',
  champion: 2,
  primaryMetric: 'rocAuc',
  primaryValue: 0.85,
  createdAt: at(1),
  versions: [modelVersion(3), modelVersion(2, { aliases: ['champion'] }), modelVersion(1)],
  validations: [],
};

export const card = [
  '# churn, version 2',
  '',
  'Predicts **Churn** (binary: one of 2 classes). Column **a\\_b \\<script\\>** &lt;b&gt; stays text.',
  '',
  '## Data',
  '',
  '- Dataset: churn, version 2',
  '- Rows: 7543',
  '',
  '| metric | model | baseline |',
  '| --- | --- | --- |',
  '| roc-auc | 0.845 | 0.5 |',
  '',
  '<img src=x onerror="document.title=\'owned\'">',
].join('\n');

function groupOf(value: string, rows: number, compared: boolean, rate: number) {
  const intervals = { 'selection-rate': { value: rate, low: rate - 0.03, high: rate + 0.03 } };
  return { value, rows, compared, metrics: { 'selection-rate': rate }, intervals };
}

const report = {
  format: 1,
  task: 'binary',
  classes: ['No', 'Yes'],
  threshold: 0.42,
  primaryMetric: 'rocAuc',
  decision: {
    threshold: 0.42,
    by: 'costs',
    says: 'A missed positive costs 3 and a false alarm 2: they imply this threshold.',
  },
  datasets: [
    {
      name: 'hold-out',
      groups: [
        {
          column: 'gender',
          says: 'Each value is a group. Too few rows to compare, fewer than 30: (missing) (9).',
          groups: [
            groupOf('Female', 700, true, 0.26),
            groupOf('Male', 700, true, 0.2),
            groupOf('(missing)', 9, false, 0.1),
          ],
          gaps: {
            'selection-rate-difference': { value: 0.06, low: 0.01, high: 0.11, between: ['Male', 'Female'] },
            'selection-rate-ratio': { value: 0.77, low: 0.6, high: 1.02, between: ['Male', 'Female'] },
          },
          comparisons: 1,
        },
      ],
      rows: 1409,
      metrics: METRICS,
      primary: { value: 0.8452, low: 0.826, high: 0.864, metric: 'rocAuc', resamples: 500 },
      baseline: {
        says: 'always the shares of the training rows',
        metrics: { rocAuc: 0.5, logLoss: 0.5787, accuracy: 0.7346 },
        difference: { value: 0.3452, low: 0.326, high: 0.364 },
        logLossGain: { value: 0.166, low: 0.15, high: 0.18 },
      },
      champion: null,
      classification: {
        confusion: {
          classes: ['No', 'Yes'],
          counts: [
            [921, 114],
            [162, 212],
          ],
        },
        perClass: [
          { class: 'No', rows: 1035, precision: 0.85, recall: 0.89, f1: 0.87 },
          { class: 'Yes', rows: 374, precision: 0.65, recall: 0.567, f1: 0.606 },
        ],
        reliability: [0.04, 0.14, 0.31, 0.52, 0.73].map((stated, index) => ({
          rows: 281,
          stated,
          observed: stated + (index % 2 === 0 ? 0.02 : -0.03),
          low: stated - 0.05,
          high: stated + 0.06,
        })),
        roc: [0, 0.02, 0.08, 0.2, 0.4, 0.7, 1].map((x) => ({ threshold: 1 - x, x, y: x ** 0.35 })),
        precisionRecall: [0, 0.2, 0.4, 0.6, 0.8, 1].map((x) => ({
          threshold: 1 - x,
          x,
          y: 1 - 0.73 * x ** 2,
        })),
        thresholds: [0.2, 0.42, 0.6].map((threshold) => ({
          threshold,
          precision: 0.5 + threshold / 3,
          recall: 0.95 - threshold,
          f1: 0.6,
          accuracy: 0.8,
          falsePositiveRate: 0.3 - threshold / 3,
          answered: 0.5 - threshold / 2,
        })),
      },
      residuals: null,
      slices: [
        {
          column: 'Contract',
          says: '= Month-to-month',
          rows: 771,
          loss: 0.57,
          lossElsewhere: 0.22,
          z: 12.4,
          clearlyWorse: true,
          metrics: { rocAuc: 0.74 },
        },
      ],
      slicesExamined: 41,
    },
  ],
};

const march = {
  ...report.datasets[0],
  name: 'customers-march',
  rows: 812,
  origin: {
    dataset: 'customers-march',
    version: 2,
    leftOut: { missingTarget: 12, unknownClass: 0 },
    overlap: { rows: 40, columns: 5 },
    notes: [
      '12 rows of customers-march@2 without a value for Churn left out.',
      '40 of the 812 measured rows equal a training row in all 5 columns that both tables have, so the figures are optimistic.',
    ],
  },
};
export const validationReport: unknown = { ...report, datasets: [...report.datasets, march] };

/** What version 2 was measured to be after it was made. */
export function validations(version: number): ModelValidation[] {
  if (version !== 2) return [];
  const gate = {
    id: 'recall >= 0.7 where Contract = Monthly',
    passed: false,
    observed: 0.64,
    threshold: 0.7,
    says: 'recall is 0.64 on customers-april@1 where Contract = Monthly (310 rows); at least 0.7 is asked for.',
    set: 'customers-april@1',
    rows: 310,
    slice: 'Contract = Monthly',
  };
  return [
    {
      id: 'val_1',
      version,
      dataset: 'customers-april',
      datasetVersion: 1,
      by: 'owner',
      createdAt: at(5),
      passed: false,
      gates: [gate],
      says: `roc-auc 0.81 on 900 rows of customers-april@1. ${gate.says}`,
      report: { ...report, datasets: [{ ...report.datasets[0], name: 'customers-april@1', rows: 900 }] },
    },
  ];
}

export function endpoint(url: string): Endpoint {
  return {
    name: 'churn',
    state: 'ready',
    model: 'churn',
    version: 2,
    revision: 2,
    task: 'binary',
    target: 'Churn',
    url: `${url}/predict`,
    inferUrl: `${url}/v2/models/churn/infer`,
    batching: null,
    predictions: 120_345,
    workers: {
      kind: 'inline',
      now: 1,
      wanted: 1,
      busy: 0,
      held: 0,
      residentBytes: 1_400_000,
      zeroSince: null,
      coldStarts: 3,
      coldStartSeconds: 0.081,
      lastColdStartSeconds: 0.024,
      deaths: 0,
      isResting: false,
    },
    updatedAt: at(4),
    inputs: [
      { name: 'tenure', type: 'number', nullable: false },
      { name: 'MonthlyCharges', type: 'number', nullable: true },
      { name: 'Contract', type: 'string', nullable: false },
      { name: "Partner's plan", type: 'string', nullable: true },
    ],
    tensors: null,
    classes: ['No', 'Yes'],
    revisions: [
      { revision: 2, model: 'churn', version: 2, reason: 'promote', by: 'owner', createdAt: at(4) },
      { revision: 1, model: 'churn', version: 1, reason: 'deploy', by: 'owner', createdAt: at(1) },
    ],
    spec: endpointSpecSchema.parse({ versions: { 'churn@2': 100 } }),
    graph: null,
    traffic: [{ version: 2, percent: 100 }],
    rollout: null,
    shadow: null,
    policy: { mode: 'propose', on: ['drift'], cooldownHours: 24, minLabels: 200 },
    monitoring: {
      enabled: true,
      everyMinutes: 60,
      lastRun: { startedAt: at(5), endedAt: at(5), outcome: 'reported', failures: 0 },
      nextRunAt: at(6),
      says: 'Monitoring runs every hour.',
    },
    example: {
      rows: [
        { tenure: 3, MonthlyCharges: 70.35, Contract: 'Month-to-month', "Partner's plan": 'Größe "L" ✓ 🚢' },
      ],
    },
  };
}

/** The same endpoint with version 3 on its way. */
export function rollingOut(endpoint: Endpoint): Endpoint {
  const counts = { errors: 0, refused: 2, p50Ms: 0.32, p95Ms: 1.1, p99Ms: 4.3 };
  const rollout: Rollout = {
    id: 'rol_1',
    state: 'running',
    version: 3,
    former: 2,
    plan: rolloutPlanSchema.parse({ strategy: 'canary' }),
    step: 1,
    percent: 50,
    since: at(6),
    says: 'Nothing speaks against it: version 3 answers 50 % of the requests.',
    counts: {
      version: { version: 3, requests: 1204, ...counts },
      former: { version: 2, requests: 1198, ...counts },
    },
    shadow: null,
    labels: {
      version: {
        version: 3,
        rows: 400,
        wrong: { count: 71, rows: 400, low: 0.143, high: 0.218 },
        missed: [
          { class: 'No', count: 33, rows: 292, low: 0.082, high: 0.154 },
          { class: 'Yes', count: 38, rows: 108, low: 0.268, high: 0.446 },
        ],
        measures: [{ name: 'roc-auc', value: 0.851 }],
      },
      former: {
        version: 2,
        rows: 396,
        wrong: { count: 76, rows: 396, low: 0.156, high: 0.234 },
        missed: [
          { class: 'No', count: 31, rows: 290, low: 0.076, high: 0.148 },
          { class: 'Yes', count: 45, rows: 106, low: 0.335, high: 0.519 },
        ],
        measures: [{ name: 'roc-auc', value: 0.844 }],
      },
    },
    checks: [
      {
        rule: 'errors',
        verdict: 'fine',
        says: '0 of 1,204 (0 %) failed; of the previous version 0 of 1198 (0 %).',
      },
      { rule: 'p99', verdict: 'too-few', says: 'Too few to compare.' },
    ],
    history: [
      { at: at(5), percent: 10, says: 'Version 3 answers 10 % of the requests.' },
      { at: at(6), percent: 50, says: 'Nothing speaks against it: version 3 answers 50 % of the requests.' },
    ],
    by: 'owner',
    startedAt: at(5),
    endedAt: null,
  };
  const shadow: ShadowComparison = {
    version: 4,
    compared: 820,
    agreement: 0.974,
    meanAbsoluteDifference: 0.021,
    failed: 0,
    dropped: 3,
    liveMs: 0.3,
    shadowMs: 0.4,
  };
  const traffic = [
    { version: 3, percent: 50 },
    { version: 2, percent: 50 },
  ];
  return { ...endpoint, name: 'canary', traffic, rollout, shadow };
}

export const alert: Alert = {
  id: 'alt_1',
  endpoint: 'churn',
  severity: 'warning',
  state: 'open',
  version: 2,
  says: 'MonthlyCharges drifted: PSI 0.31, above 0.10 that matters.',
  firstSeen: at(5),
  lastSeen: at(6),
  resolution: null,
};

const LABELS = Array.from({ length: 10 }, (_, index) => `${index * 12} to ${index * 12 + 12}`);

export const monitorReport: MonitorReport = {
  endpoint: 'churn',
  model: 'churn',
  version: 2,
  task: 'binary',
  createdAt: at(6),
  window: { from: at(5), to: at(6), rows: 5210 },
  drifted: true,
  says: 'Drift in 5210 predictions: MonthlyCharges.',
  columns: [
    driftColumn('MonthlyCharges', 0.31, [0.2, 0.06, 0.04, 0.08, 0.11, 0.13, 0.14, 0.12, 0.08, 0.04]),
    driftColumn('tenure', 0.02, [0.14, 0.11, 0.09, 0.07, 0.07, 0.06, 0.07, 0.08, 0.12, 0.19]),
  ],
  scores: [driftColumn('score', 0.04, [0.3, 0.2, 0.12, 0.1, 0.08, 0.07, 0.05, 0.04, 0.03, 0.01])],
  drift: { rows: 5210, referenceRows: 5634, alpha: 0.01, minRows: 200, enough: true },
  performance: {
    realised: {
      labelled: 412,
      rows: 5210,
      coverage: 0.079,
      from: at(5),
      to: at(6),
      medianDelaySeconds: 86_400,
      p90DelaySeconds: 259_200,
      enough: true,
      unknownClasses: null,
      metric: 'roc-auc',
      primary: { value: 0.81, low: 0.77, high: 0.85 },
      measures: [
        {
          id: 'accuracy',
          name: 'Accuracy',
          better: 'higher' as const,
          value: { value: 0.79, low: 0.75, high: 0.83 },
          holdout: { value: 0.8, low: 0.78, high: 0.82 },
          tolerance: 0.02,
          allowed: 0.06,
          degraded: false,
        },
      ],
      metrics: { 'roc-auc': 0.81, accuracy: 0.79 },
      holdout: { value: 0.8452, low: 0.826, high: 0.864 },
      degraded: false,
      decision:
        'Accuracy is 0.79 on 412 labelled predictions, 0.80 on the hold-out: no measure is significantly worse.',
      says: 'Accuracy is 0.79 on 412 labelled predictions, 0.80 on the hold-out: no measure is significantly worse.',
    },
    estimated: null,
  },
};

function driftColumn(name: string, effect: number, window: number[]) {
  const drifted = effect > 0.1;
  return {
    name,
    kind: 'number',
    drifted,
    importance: name === 'tenure' ? 0.31 : 0.22,
    severity: effect * 10,
    level: drifted ? 'warning' : 'none',
    tests: [{ test: 'psi', measure: 'PSI', effect, threshold: 0.1, chance: 0.01, pValue: 0.0001, drifted }],
    leading: 'psi',
    missing: { reference: 0.01, window: 0.012 },
    comparison: {
      labels: LABELS,
      reference: [0.14, 0.11, 0.09, 0.07, 0.07, 0.06, 0.07, 0.08, 0.12, 0.19],
      window,
    },
    says: drifted
      ? `${name} drifted: PSI ${effect}, above 0.10 that matters.`
      : `${name} is stable: PSI ${effect}, below 0.10 that matters.`,
  };
}

export function run(id: string, part: Partial<Run> = {}): Run {
  return {
    id,
    parentId: null,
    pipelineRunId: 'plr_churn',
    name: 'churn',
    state: 'done',
    dataset: 'churn',
    datasetVersion: 2,
    target: 'Churn',
    task: 'binary',
    learner: 'boosted-trees',
    params: { budgetSeconds: 30, seed: 1 },
    metrics: METRICS,
    why: null,
    says: null,
    rows: null,
    seconds: 31.4,
    startedAt: at(4),
    endedAt: at(4, '09:30:31.400'),
    ...part,
  };
}

export const trials: Run[] = [0.8481, 0.8392, 0.8442].map((rocAuc, index) =>
  run(`run_2_${index}`, {
    parentId: 'run_2',
    name: `trial ${index + 1}`,
    learner: index === 2 ? 'linear' : 'boosted-trees',
    params: index === 2 ? { penalty: 0.01 } : { rounds: 180 - index * 90, rate: 0.06 },
    metrics: { rocAuc },
    seconds: 3 - index,
  }),
);
