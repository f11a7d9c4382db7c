import { z } from 'zod';
import { recordOf } from './bounded-schemas.ts';
import { graphNodeSchema } from './graph-nouns.ts';
import { monitoringSettingsSchema } from './monitoring-nouns.ts';

/** What an endpoint shall be, declared: one value for the YAML file, the API's body and what is kept as a revision. */

/** `churn@3`: the third version of the model churn. */
export const versionNameSchema = z
  .string()
  .max(80)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?@[1-9]\d{0,8}$/,
    'name a version as MODEL@VERSION, such as churn@3',
  )
  .describe('MODEL@VERSION');

const percentSchema = z.number().gt(0).max(100);

const stickySchema = z
  .strictObject({
    header: z
      .string()
      .max(100)
      .regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'give the name of an HTTP header')
      .optional()
      .describe('Header (gRPC: metadata) whose value is the key'),
    column: z.string().min(1).max(256).optional().describe('Column whose value in the first row is the key'),
  })
  .refine(({ header, column }) => (header === undefined) !== (column === undefined), {
    error: 'give either a header or a column',
  })
  .describe('Requests with the same key get the same version; without a key it is drawn');

const shadowSchema = z
  .strictObject({
    version: versionNameSchema,
    percent: percentSchema.default(20).describe('Share of the requests of which it gets a copy'),
  })
  .describe('A version whose answers are compared with the live ones and never returned');

const limitsSchema = z
  .strictObject({
    requestsPerSecond: z.int().min(1).max(1_000_000).optional().describe('Of all callers together'),
    maxBodyBytes: z
      .int()
      .min(1)
      .max(1024 * 1024 * 1024)
      .optional(),
    maxAnswerBytes: z
      .int()
      .min(1024)
      .max(64 * 1024 * 1024 * 1024)
      .optional()
      .describe('Of the body of one answer, before compression'),
    maxRows: z.int().min(1).max(10_000_000).optional().describe('Rows of one request'),
    timeoutMs: z
      .int()
      .min(1)
      .max(3_600_000)
      .optional()
      .describe('Time in which a request is answered, or refused'),
  })
  .describe('What every caller is held to, within the limits of the data plane');

export const endpointScalingSchema = z
  .strictObject({
    min: z
      .int()
      .min(0)
      .max(256)
      .default(1)
      .describe('Workers that are always there; 0 lets the model go when idle'),
    max: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe('Workers at most; as `inference.modelProcesses` says when left out'),
    target: z
      .number()
      .positive()
      .max(10_000)
      .default(4)
      .describe('Requests under way that one worker should have'),
    idleSeconds: z
      .number()
      .min(1)
      .max(86_400)
      .default(300)
      .describe('Silence after which a model goes whose least number of workers is 0'),
  })
  .refine(({ min, max }) => max === undefined || min <= max, { path: ['max'], error: 'max is below min' });
export type EndpointScaling = z.output<typeof endpointScalingSchema>;

export const batchingModeSchema = z
  .enum(['auto', 'on', 'off'])
  .describe(
    'Whether requests for a model of tensors share runs: auto only where the graph proves that rows do not depend on each other, on in any case, off never',
  );
export type BatchingMode = z.output<typeof batchingModeSchema>;

const logSchema = z.strictObject({
  percent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe('Share of the requests whose predictions are logged; only those are monitored and take labels'),
});

export const abortRulesSchema = z.strictObject({
  falseAlarm: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.01)
    .describe('Probability with which each rule may stop a version that is as good as the previous one'),
  errorPoints: z
    .number()
    .min(0)
    .max(100)
    .default(0.5)
    .describe('Percentage points by which its share of errors may be higher'),
  latencyRatio: z
    .number()
    .min(1)
    .max(1000)
    .default(1.5)
    .describe('Times its p95 and p99 may be those of the previous version'),
  latencyFloorMs: z
    .number()
    .min(0)
    .default(5)
    .describe('Milliseconds by which they may be longer in any case'),
  qualityPoints: z
    .number()
    .min(0)
    .max(100)
    .default(2)
    .describe(
      'Percentage points by which its share of wrong predictions, and its share missed of any true class, may be higher and its ROC AUC lower, where labels came in',
    ),
  lossRatio: z
    .number()
    .min(1)
    .max(1000)
    .default(1.1)
    .describe(
      'Times its log loss, RMSE, MAE or pinball loss may be that of the previous version, where labels came in',
    ),
});

/** How a new version takes over. */
export const rolloutPlanSchema = z.strictObject({
  strategy: z
    .enum(['all-at-once', 'canary', 'blue-green', 'shadow'])
    .default('all-at-once')
    .describe(
      'canary: by steps; blue-green: wholly, the previous one kept warm; shadow: copies only, then waits for promote',
    ),
  steps: z
    .array(percentSchema)
    .min(1)
    .max(50)
    .refine((steps) => steps.every((step, i) => i === 0 || step > steps[i - 1]!), 'each step must be larger')
    .refine((steps) => steps.at(-1) === 100, 'the last step must be 100')
    .default([10, 50, 100])
    .describe('Of a canary: percent of the requests, step by step'),
  percent: percentSchema.default(20).describe('Of a shadow: share of the requests it gets a copy of'),
  bakeSeconds: z.number().min(0).max(604_800).default(300).describe('How long each step is watched'),
  minRequests: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(50)
    .describe('Requests the new version must have answered (a shadow: compared) in a step before the next'),
  quiet: z
    .enum(['hold', 'continue'])
    .default('hold')
    .describe('What to do where they do not come: wait for them or a person, or go on after quietSeconds'),
  quietSeconds: z.number().min(0).max(604_800).default(3600),
  abort: abortRulesSchema.prefault({}),
});
export type RolloutPlan = z.output<typeof rolloutPlanSchema>;

const versionsSchema = recordOf(versionNameSchema, z.number().min(0).max(1_000_000), 16)
  .refine((versions) => Object.values(versions).some((weight) => weight > 0), 'give one version a weight')
  .describe('Share of the requests by version, relative to each other; 0 keeps one loaded');

export const endpointSpecSchema = z.strictObject({
  versions: versionsSchema,
  sticky: stickySchema.optional(),
  shadow: shadowSchema.optional(),
  limits: limitsSchema.optional(),
  scaling: endpointScalingSchema.optional(),
  log: logSchema.prefault({}),
  strict: z
    .boolean()
    .default(false)
    .describe(
      'Whether values that training never saw (a missing value, a category, a number far outside the range) are refused; otherwise they are predicted with a warning',
    ),
  batching: batchingModeSchema.default('auto'),
  target: z
    .literal('local', {
      error:
        'this server runs endpoints on its own machine only; for Kubernetes write the manifests with slipway export ENDPOINT --as kubernetes',
    })
    .default('local'),
  rollout: rolloutPlanSchema
    .prefault({})
    .describe('How versions that come later take over, by hand or by retraining'),
});
export type EndpointSpec = z.output<typeof endpointSpecSchema>;

/**
 * What a user declares: versions of one model, or an inference graph over versions of several. A graph becomes a version of
 * the endpoint's own model, so that what a revision keeps is an {@link EndpointSpec} in any case.
 */
export const declaredSpecSchema = endpointSpecSchema
  .extend({
    versions: versionsSchema.optional().describe('Share of the requests by version; or give a graph'),
    graph: graphNodeSchema
      .optional()
      .describe('In place of versions: an inference graph over deployed versions'),
    monitoring: monitoringSettingsSchema
      .optional()
      .describe('When the endpoint is monitored; stays as it is when left out, every hour at first'),
  })
  .refine(({ versions, graph }) => (versions === undefined) !== (graph === undefined), {
    error: 'give either versions or a graph',
    path: ['versions'],
  });
export type DeclaredSpec = z.output<typeof declaredSpecSchema>;
