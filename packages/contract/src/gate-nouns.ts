import { z } from 'zod';
import { nameSchema } from './name-schema.ts';

/** One condition on the rows of a slice. A missing value satisfies `= null` only. */
export const sliceConditionSchema = z.strictObject({
  column: z.string().min(1).max(500).describe('Column of the table, as the dataset spells it'),
  is: z.enum(['=', '!=', '>=', '>', '<=', '<']).describe('`=` and `!=` compare texts, numbers and booleans'),
  value: z
    .union([z.string().max(1000), z.number(), z.boolean(), z.null()])
    .describe('Null is a missing value; times are ISO 8601'),
});
export type SliceCondition = z.infer<typeof sliceConditionSchema>;

/** A condition on promotion: a bound on one metric, of all rows of a set, of a slice of them, or of each group. */
const gateFields = z.strictObject({
  metric: z.string().min(1).max(100).describe('Such as roc-auc; underscores may stand for hyphens'),
  is: z.enum(['>=', '>', '<=', '<']),
  value: z.number(),
  set: z
    .string()
    .max(100)
    .optional()
    .describe('A set of `validateOn`, as NAME or NAME@VERSION; the hold-out when left out'),
  where: z
    .array(sliceConditionSchema)
    .max(5)
    .optional()
    .describe('Only the rows that satisfy all of these conditions'),
  by: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('The condition holds for each group of this column, or for a figure that compares its groups'),
});
const oneKindOfRows = (gate: { where?: unknown; by?: unknown }) =>
  gate.where === undefined || gate.by === undefined;
const rowsError = {
  path: ['by'],
  error: 'A gate is on a slice or on the groups of a column: write one for each',
};
export const gateConditionSchema = gateFields.refine(oneKindOfRows, rowsError);
/** A gate on rows that are named elsewhere. */
export const gateOfSetSchema = gateFields.omit({ set: true }).refine(oneKindOfRows, rowsError);
export type GateCondition = z.infer<typeof gateConditionSchema>;

/** A dataset that a model is validated on beside its hold-out. */
export const validationSetSchema = z.strictObject({
  name: nameSchema,
  version: z.union([z.int().positive().max(2_147_483_647), z.literal('latest')]).default('latest'),
});
export type ValidationSet = z.infer<typeof validationSetSchema>;

/** What `ship`, `train` and `retrain` take about further sets and gates. */
export const validationFields = {
  validateOn: z
    .array(validationSetSchema)
    .max(20)
    .optional()
    .describe('Datasets to validate on beside the hold-out; none of their rows is trained on'),
  gates: z
    .array(gateConditionSchema)
    .max(50)
    .optional()
    .describe('Further conditions on promotion; kept with the version and used again at every retraining'),
  defaultGates: z
    .boolean()
    .optional()
    .describe(
      'False leaves out the gates that every model has unless told, but for the parity of the export',
    ),
};

/** The outcome of one gate. */
export const gateSchema = z.object({
  id: z.string(),
  passed: z.boolean(),
  observed: z.number().nullable(),
  threshold: z.number().nullable(),
  says: z.string(),
  set: z.string().optional().describe('The set that it decides on; left out in results of earlier releases'),
  rows: z.int().optional().describe('Rows that the observed figure was computed on'),
  slice: z.string().optional().describe('Only these rows of the set'),
  group: z.string().optional().describe('The column that defines the groups'),
});
export type Gate = z.infer<typeof gateSchema>;
