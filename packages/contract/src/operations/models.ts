import { z } from 'zod';
import { modelTaskSchema } from '../basic-nouns.ts';
import { boundedJson, columnNameSchema, idSchema, recordOf } from '../bounded-schemas.ts';
import { endpointSchema } from '../endpoint-nouns.ts';
import { rolloutPlanSchema } from '../endpoint-spec.ts';
import { gateOfSetSchema, validationSetSchema } from '../gate-nouns.ts';
import { readFieldSchema } from '../ingest-nouns.ts';
import { nameSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import { jobSchema } from '../pipeline-run-nouns.ts';

const optimizationDataSchema = z.union([
  z.strictObject({
    uploadId: idSchema.describe('A table, or tensors as .npz, .npy or JSON'),
    read: readFieldSchema,
  }),
  z.strictObject({
    dataset: nameSchema,
    version: z.int().positive().max(2_147_483_647).optional().describe('The newest when left out'),
  }),
]);

const importedTaskSchema = modelTaskSchema.exclude(['forecast']);

/** Models that were made elsewhere, and versions of any model onto endpoints. */
export const modelOperations = {
  'models.import': {
    method: 'POST',
    path: '/api/v1/models',
    module: 'pack',
    permission: 'models:write',
    summary:
      'Import an uploaded ONNX model, or an MLflow model with an onnx flavor, as a job; it becomes the next version.',
    body: z.strictObject({
      name: nameSchema,
      uploadId: idSchema.describe('An .onnx file; or the folder of an MLflow model as tar, tar.gz or zip'),
      task: importedTaskSchema.default('tensor').describe('What the model does, where that is known'),
      labels: z
        .array(z.string().min(1).max(200))
        .max(100_000)
        .default([])
        .describe('Names of the classes in the order of the scores'),
      labelOutput: z
        .string()
        .min(1)
        .max(1000)
        .optional()
        .describe(
          'The output that gives the class, its place in `labels`, or the value of each row; looked for when left out',
        ),
      example: recordOf(
        z.string().min(1).max(1000),
        boundedJson({ depth: 16, values: 1_000_000, characters: 100_000 }),
        1000,
      )
        .optional()
        .describe('An input that the model takes: by tensor, its values as nested lists'),
    }),
    answer: jobSchema,
    failures: [
      'upload.missing',
      'model.exists',
      'model.not-onnx',
      'model.refused',
      'model.external-data',
      'model.pickle',
      'model.no-onnx-flavor',
      'model.custom-operators',
      'model.needs-example',
      'model.fails',
    ],
    example: { name: 'digits', uploadId: 'upl_…', task: 'multiclass', labels: ['0', '1', '2'] },
  },
  'models.optimize': {
    method: 'POST',
    path: '/api/v1/models/{name}/optimize',
    module: 'optimize',
    permission: 'models:write',
    summary:
      'Look for a smaller or faster form of a version within a limit of quality, as a job; what wins becomes the next version.',
    params: z.object({ name: nameSchema }),
    body: z.strictObject({
      version: z.int().positive().max(2_147_483_647).optional().describe('The newest when left out'),
      maxLoss: z
        .number()
        .min(0)
        .max(1)
        .default(0.005)
        .describe('Share of the measure of quality that may be lost: 0.005 is half a percent of it'),
      prefer: z.enum(['balanced', 'size', 'speed']).default('balanced'),
      on: optimizationDataSchema
        .optional()
        .describe('Labelled rows to evaluate on; the hold-out of the training when left out'),
      calibration: optimizationDataSchema
        .optional()
        .describe('Rows, labelled or not, that say what values range over; of imported models'),
      target: columnNameSchema
        .optional()
        .describe('The column of right answers in a table for an imported model'),
      unverified: z
        .boolean()
        .default(false)
        .describe('Accept variants of an imported model that were evaluated on generated random rows only'),
    }),
    answer: jobSchema,
    failures: [
      'model.missing',
      'model.version-missing',
      'upload.missing',
      'dataset.missing',
      'dataset.version-missing',
      'optimize.unfit',
      'graph.unfit',
      'optimize.no-data',
      'optimize.bad-data',
    ],
    example: { version: 1, maxLoss: 0.005 },
  },
  'models.validate': {
    method: 'POST',
    path: '/api/v1/models/{name}/validations',
    module: 'validate',
    permission: 'models:write',
    summary:
      'Measure a version on a dataset, as a job; the report is kept with the version beside that of its training.',
    params: z.object({ name: nameSchema }),
    body: z.strictObject({
      version: z.int().positive().max(2_147_483_647).optional().describe('The newest when left out'),
      dataset: validationSetSchema,
      target: columnNameSchema
        .optional()
        .describe('The column of actual outcomes, for an imported model; trained models know theirs'),
      gates: z
        .array(gateOfSetSchema)
        .max(50)
        .default([])
        .describe('Conditions to decide on the rows of the dataset'),
    }),
    answer: jobSchema,
    failures: [
      'model.missing',
      'model.version-missing',
      'dataset.missing',
      'dataset.version-missing',
      'gate.metric-unknown',
      'gate.column-missing',
      'gate.value-unfit',
      'validation.unfit',
      'graph.unfit',
    ],
    example: {
      version: 1,
      dataset: { name: 'orders-march' },
      gates: [{ metric: 'recall', is: '>=', value: 0.7 }],
    },
  },
  'endpoints.deploy': {
    method: 'POST',
    path: '/api/v1/endpoints',
    module: 'deploy',
    permission: 'endpoints:write',
    summary: 'Let a version of a model answer at an endpoint, which is made when there is none of that name.',
    body: z.strictObject({
      model: nameSchema,
      version: z.int().positive().max(2_147_483_647).optional().describe('The newest when left out'),
      endpoint: nameSchema.optional().describe('As the model is called when left out'),
      rollout: rolloutPlanSchema
        .optional()
        .describe('How it takes over this time; as the endpoint’s spec says when left out'),
    }),
    badBody: 'endpoint.bad-spec',
    answer: endpointSchema,
    failures: [
      'model.missing',
      'model.version-missing',
      'endpoint.exists',
      'endpoint.load-failed',
      'endpoint.bad-spec',
    ],
    example: { model: 'digits', version: 1, endpoint: 'digits' },
  },
} as const satisfies Record<string, Operation>;
