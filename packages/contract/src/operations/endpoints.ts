import { z } from 'zod';
import { versionSchema } from '../basic-nouns.ts';
import { columnNamesSchema, idSchema } from '../bounded-schemas.ts';
import {
  endpointBatchingSchema,
  endpointSchema,
  endpointSummarySchema,
  retrainPolicySchema,
  tokenLimitsSchema,
  tokenSchema,
} from '../endpoint-nouns.ts';
import { declaredSpecSchema, endpointSpecSchema } from '../endpoint-spec.ts';
import { exportQuerySchema } from '../export-options.ts';
import { validationFields } from '../gate-nouns.ts';
import { readFieldSchema } from '../ingest-nouns.ts';
import { labelsTakenSchema } from '../label-nouns.ts';
import {
  modelSchema,
  modelSummarySchema,
  modelValidationSchema,
  modelVersionSchema,
  tensorSignatureSchema,
} from '../model-nouns.ts';
import { monitoringSettingsSchema } from '../monitoring-nouns.ts';
import { momentSchema, nameSchema, shownTextSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import { refuseDeepGraph } from '../parse-graph.ts';
import { jobSchema, pipelineRunSchema } from '../pipeline-run-nouns.ts';
import { labelSchema, predictRequestSchema } from '../prediction-nouns.ts';
import { recencySchema } from '../recency.ts';
import { alertSchema, monitorReportSchema } from '../report-nouns.ts';
import { rolloutSchema } from '../rollout-nouns.ts';
import { refitFieldSchema } from '../training-request-nouns.ts';
import { OBJECT_FAILURES } from './shared-failures.ts';

const byName = z.object({ name: nameSchema });

export const endpointOperations = {
  'models.list': {
    method: 'GET',
    path: '/api/v1/models',
    module: 'metadata',
    permission: 'models:read',
    summary: 'List the models.',
    answer: z.object({ models: z.array(modelSummarySchema) }),
    failures: [],
  },
  'models.get': {
    method: 'GET',
    path: '/api/v1/models/{name}',
    module: 'metadata',
    permission: 'models:read',
    summary: 'Show a model and its versions.',
    params: byName,
    answer: modelSchema,
    failures: ['model.missing'],
  },
  'models.version': {
    method: 'GET',
    path: '/api/v1/models/{name}/versions/{version}',
    module: 'metadata',
    permission: 'models:read',
    summary: 'Show one version with its validation report and model card.',
    params: z.object({ name: nameSchema, version: versionSchema }),
    answer: modelVersionSchema.extend({
      card: z.string().describe('Markdown'),
      report: z.unknown().describe('Of the hold-out, as the version was measured when it was trained'),
      reportOf: z
        .int()
        .nullable()
        .describe(
          'The version whose report that is: of one that optimize made, the one it was made from. Null where there is no report',
        ),
      validations: z
        .array(modelValidationSchema)
        .describe('Measured after the version was made, newest first'),
      tensors: tensorSignatureSchema.nullable().describe('Of a model that takes tensors'),
    }),
    failures: ['model.missing', 'model.version-missing'],
  },
  'endpoints.list': {
    method: 'GET',
    path: '/api/v1/endpoints',
    module: 'deploy',
    permission: 'endpoints:read',
    summary: 'List the endpoints.',
    answer: z.object({ endpoints: z.array(endpointSummarySchema) }),
    failures: [],
  },
  'endpoints.get': {
    method: 'GET',
    path: '/api/v1/endpoints/{name}',
    module: 'deploy',
    permission: 'endpoints:read',
    summary: 'Show an endpoint: its schema, revisions, policy and a body that works.',
    params: byName,
    answer: endpointSchema,
    failures: ['endpoint.missing'],
  },
  'endpoints.spec': {
    method: 'GET',
    path: '/api/v1/endpoints/{name}/spec',
    module: 'deploy',
    permission: 'endpoints:read',
    summary: 'Show what the endpoint is declared to be: its current revision.',
    params: byName,
    answer: z.object({
      revision: z.int(),
      spec: declaredSpecSchema.describe(
        'With the graph where one graph answers all requests, else with versions',
      ),
    }),
    failures: ['endpoint.missing', 'endpoint.not-ready'],
  },
  'endpoints.setSpec': {
    method: 'PUT',
    path: '/api/v1/endpoints/{name}/spec',
    module: 'deploy',
    permission: 'endpoints:write',
    summary:
      'Make the endpoint what the spec declares; made when there is none of that name. The same spec again changes nothing.',
    params: byName,
    body: declaredSpecSchema,
    badBody: 'endpoint.bad-spec',
    refuseBody: refuseDeepGraph,
    answer: z.object({
      revision: z.int().describe('The current one; of a spec that is rolled out it comes when that is done'),
      changed: z.boolean(),
      spec: endpointSpecSchema.describe(
        'What was made of it: a graph is a version of the endpoint’s own model',
      ),
      notes: z.array(z.string()).describe('What was decided about a graph'),
      rollout: rolloutSchema.nullable().describe('Where the spec is rolled out by steps'),
      batching: endpointBatchingSchema.nullable().describe('Of a model that takes tensors'),
    }),
    failures: [
      'endpoint.bad-spec',
      'endpoint.exists',
      'model.missing',
      'model.exists',
      'endpoint.load-failed',
    ],
    example: { versions: { 'churn@2': 90, 'churn@3': 10 }, sticky: { header: 'x-user-id' } },
  },
  'endpoints.rollouts': {
    method: 'GET',
    path: '/api/v1/endpoints/{name}/rollouts',
    module: 'deploy',
    permission: 'endpoints:read',
    summary: 'List the rollouts of an endpoint, newest first.',
    params: byName,
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    answer: z.object({ rollouts: z.array(rolloutSchema) }),
    failures: ['endpoint.missing'],
  },
  'endpoints.promote': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/promote',
    module: 'deploy',
    permission: 'endpoints:write',
    summary:
      'Let a version of the model answer from now on; no request fails meanwhile. Ends a rollout under way.',
    params: byName,
    body: z.strictObject({
      version: z
        .int()
        .positive()
        .max(2_147_483_647)
        .optional()
        .describe('When left out: the one being rolled out, or else the shadow, or else the newest'),
    }),
    answer: endpointSchema,
    failures: ['endpoint.missing', 'model.version-missing', 'endpoint.load-failed', 'rollout.none'],
    example: { version: 2 },
  },
  'endpoints.rollback': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/rollback',
    module: 'deploy',
    permission: 'endpoints:write',
    summary:
      'Roll back to the previous revision at once; during a rollout, end the rollout and keep the previous version.',
    params: byName,
    answer: endpointSchema,
    failures: ['endpoint.missing', 'endpoint.no-former', 'endpoint.load-failed'],
  },
  'endpoints.pause': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/pause',
    module: 'deploy',
    permission: 'endpoints:write',
    summary: 'Answer 503 to every caller until it is resumed. Nothing is unloaded.',
    params: byName,
    answer: endpointSchema,
    failures: ['endpoint.missing'],
  },
  'endpoints.resume': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/resume',
    module: 'deploy',
    permission: 'endpoints:write',
    summary: 'Resume a paused endpoint.',
    params: byName,
    answer: endpointSchema,
    failures: ['endpoint.missing'],
  },
  'endpoints.delete': {
    method: 'DELETE',
    path: '/api/v1/endpoints/{name}',
    module: 'deploy',
    permission: 'endpoints:write',
    summary: 'Remove an endpoint and its tokens. The model, the prediction log, labels and reports are kept.',
    params: byName,
    answer: z.object({ deleted: z.boolean(), tokens: z.int().describe('Tokens that are good no more') }),
    failures: ['endpoint.missing', 'pipeline-run.running'],
  },
  'endpoints.export': {
    method: 'GET',
    path: '/api/v1/endpoints/{name}/export',
    module: 'pack',
    permission: 'endpoints:read',
    summary: 'Download a build context and manifests as a tar file.',
    params: byName,
    query: exportQuerySchema,
    answer: { stream: 'application/x-tar' },
    failures: ['endpoint.missing', 'export.image-missing'],
  },
  'endpoints.policy': {
    method: 'PUT',
    path: '/api/v1/endpoints/{name}/policy',
    module: 'retrain',
    permission: 'endpoints:write',
    summary: 'Set when the endpoint retrains automatically.',
    params: byName,
    body: retrainPolicySchema,
    answer: endpointSchema,
    failures: ['endpoint.missing', 'model.made-elsewhere'],
    example: { mode: 'auto', on: ['drift'], cooldownHours: 24, minLabels: 200 },
  },
  'endpoints.monitoring': {
    method: 'PUT',
    path: '/api/v1/endpoints/{name}/monitoring',
    module: 'monitor',
    permission: 'endpoints:write',
    summary: 'Set the schedule by which the endpoint is monitored, or switch it off.',
    params: byName,
    body: monitoringSettingsSchema,
    answer: endpointSchema,
    failures: ['endpoint.missing'],
    example: { enabled: true, everyMinutes: 30 },
  },
  'endpoints.retrain': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/retrain',
    module: 'retrain',
    permission: 'pipelines:write',
    summary: 'Append new rows, train again and promote only if the gates hold.',
    params: byName,
    body: z.strictObject({
      uploadId: idSchema,
      budgetSeconds: z.number().min(1).max(86_400).default(60),
      seed: z.int().min(0).max(2_147_483_647).default(1),
      read: readFieldSchema,
      refit: refitFieldSchema.describe(
        'Whether the model is fitted again on all rows before it answers; as in the training of the champion when left out',
      ),
      ...validationFields,
      exclude: columnNamesSchema
        .optional()
        .describe('Further columns the model may not use, from this training on'),
      allowLeakage: columnNamesSchema
        .optional()
        .describe('Further columns that are known when a prediction is made, despite evidence of leakage'),
      recent: recencySchema
        .nullable()
        .optional()
        .describe("Which training rows are used; null for all, left out for what the endpoint's policy says"),
      acceptShift: z
        .boolean()
        .default(false)
        .describe(
          'The appended rows differ from the earlier ones on purpose: the recent rows decide, not the original hold-out',
        ),
    }),
    answer: pipelineRunSchema,
    failures: [
      'endpoint.missing',
      'upload.missing',
      'pipeline-run.running',
      'model.made-elsewhere',
      'exclude.missing',
      'leakage.column-missing',
      'recency.unfit',
      'dataset.missing',
      'dataset.version-missing',
      'gate.metric-unknown',
      'gate.set-unknown',
      'gate.column-missing',
      'gate.value-unfit',
      'validation.unfit',
    ],
  },
  'endpoints.predictFile': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/predict-file',
    module: 'serve',
    permission: 'endpoints:predict',
    summary: 'Predict every row of an uploaded file, or the next steps of a forecast, as a job.',
    params: byName,
    body: z.strictObject({
      uploadId: idSchema.optional().describe('The file; left out with horizon'),
      horizon: predictRequestSchema.shape.horizon,
      series: predictRequestSchema.shape.series,
      format: z.enum(['csv', 'ndjson']).default('csv'),
      explain: z.boolean().default(false).describe('Also what each column added to the answer'),
      read: readFieldSchema,
    }),
    answer: jobSchema,
    failures: ['endpoint.missing', 'upload.missing', 'request.invalid'],
  },
  'jobs.artifact': {
    method: 'GET',
    path: '/api/v1/jobs/{id}/artifact',
    module: 'execution',
    permission: 'endpoints:predict',
    summary: 'Download what a finished job wrote.',
    params: z.object({ id: idSchema }),
    answer: { stream: 'application/octet-stream' },
    failures: ['job.missing', 'job.no-artifact', ...OBJECT_FAILURES],
  },
  'tokens.list': {
    method: 'GET',
    path: '/api/v1/endpoints/{name}/tokens',
    module: 'access',
    permission: 'keys:read',
    summary: 'List the tokens of an endpoint (never their secrets).',
    params: byName,
    answer: z.object({ tokens: z.array(tokenSchema) }),
    failures: ['endpoint.missing'],
  },
  'tokens.create': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/tokens',
    module: 'access',
    permission: 'keys:write',
    summary: 'Make a token that may call this endpoint and nothing else; shown this once.',
    params: byName,
    body: z.strictObject({ name: shownTextSchema(100), limits: tokenLimitsSchema.optional() }),
    answer: tokenSchema.extend({ secret: z.string() }),
    failures: ['endpoint.missing'],
    example: { name: 'shop-frontend', limits: { requestsPerSecond: 50 } },
  },
  'tokens.revoke': {
    method: 'DELETE',
    path: '/api/v1/endpoints/{name}/tokens/{id}',
    module: 'access',
    permission: 'keys:write',
    summary: 'Revoke a token at once.',
    params: z.object({ name: nameSchema, id: idSchema }),
    answer: z.object({ revoked: z.boolean() }),
    failures: ['endpoint.missing', 'token.missing'],
  },
  'labels.add': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/labels',
    module: 'monitor',
    permission: 'labels:write',
    summary:
      'Send actual outcomes (ground truth) of past predictions, by prediction id; the last value counts. Labels that cannot be taken are listed and do not hold back the others. Labels of predictions that the log does not hold are kept, and count once it does.',
    params: byName,
    body: z.strictObject({
      labels: z.array(labelSchema).min(1).max(50_000),
      source: shownTextSchema(100).default('api'),
    }),
    answer: labelsTakenSchema,
    failures: ['endpoint.missing', 'endpoint.not-ready', 'labels.all-refused'],
    example: { labels: [{ id: 'p_…', value: 'Yes' }] },
  },
  'labels.addFile': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/labels-file',
    module: 'monitor',
    permission: 'labels:write',
    summary:
      'Add labels from an uploaded file with the columns id, value and, if wanted, observed_at, as a job.',
    params: byName,
    body: z.strictObject({ uploadId: idSchema, read: readFieldSchema }),
    answer: jobSchema,
    failures: ['endpoint.missing', 'upload.missing'],
  },
  'monitor.run': {
    method: 'POST',
    path: '/api/v1/endpoints/{name}/monitor',
    module: 'monitor',
    permission: 'endpoints:write',
    summary: 'Compare the traffic of a window with the training profile, as a job.',
    params: byName,
    body: z.strictObject({
      from: momentSchema.optional(),
      to: momentSchema.optional(),
      labelDays: z
        .int()
        .min(1)
        .max(90)
        .optional()
        .describe(
          'Days of predictions, back from the newest labelled one, that performance is measured over; by default the shortest of 1, 7, 30 and 90 with 300 labels',
        ),
    }),
    answer: jobSchema,
    failures: ['endpoint.missing', 'monitor.no-traffic', 'model.made-elsewhere'],
  },
  'monitor.reports': {
    method: 'GET',
    path: '/api/v1/endpoints/{name}/reports',
    module: 'monitor',
    permission: 'monitor:read',
    summary: 'List the monitoring reports, newest first, and the open alerts.',
    params: byName,
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
    answer: z.object({ reports: z.array(monitorReportSchema), alerts: z.array(alertSchema) }),
    failures: ['endpoint.missing'],
  },
} as const satisfies Record<string, Operation>;
