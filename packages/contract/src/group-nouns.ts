import { z } from 'zod';

/** How a model fares in the groups of a column, and why it answers from its threshold on: as reports and results tell it. */

const interval = { value: z.number(), low: z.number(), high: z.number() };

export const groupReportSchema = z.object({
  column: z.string(),
  says: z.string().describe('How rows were put into groups, and which groups are too small to compare'),
  groups: z.array(
    z.object({
      value: z.string().describe('A category, a value, a band of numbers or (missing)'),
      rows: z.int(),
      compared: z.boolean().describe('False where the group has too few rows to be compared'),
      metrics: z.record(z.string(), z.number()),
      intervals: z
        .record(z.string(), z.object(interval))
        .describe(
          '95 % intervals. Binary: selection-rate, true-positive-rate, false-positive-rate, calibration (mean predicted probability minus observed share); several classes: accuracy, calibration; numbers: mean-error, mae',
        ),
    }),
  ),
  gaps: z
    .record(z.string(), z.object({ ...interval, between: z.tuple([z.string(), z.string()]) }))
    .describe(
      'The widest gap of each measure between two groups, as <measure>-difference and of rates also <measure>-ratio; the intervals hold for all pairs compared together',
    ),
  comparisons: z.int().describe('Pairs of groups compared for each measure, over all columns'),
});
export type GroupReport = z.infer<typeof groupReportSchema>;

const expectedCostsFields = {
  chosen: z.number(),
  half: z.number(),
  alwaysPositive: z.number(),
  alwaysNegative: z.number(),
};
export const expectedCostsSchema = z
  .object(expectedCostsFields)
  .describe('Mean cost per 1,000 rows: at the threshold, at 0.5, and of always giving one answer');

const expectedClassCostsFields = {
  chosen: z.number(),
  mostProbable: z.number(),
  always: z.object({ class: z.string(), cost: z.number() }),
};
export const expectedClassCostsSchema = z
  .object(expectedClassCostsFields)
  .describe(
    'Mean cost per 1,000 rows: of the answers, of always answering the most probable class, and of always answering the one class that costs least so',
  );

export const thresholdDecisionSchema = z.object({
  threshold: z.number().describe('Binary: the probability of the positive class from which it is answered'),
  by: z.enum(['given', 'costs', 'metric', 'f1', 'default']),
  says: z.string().describe('Why which class is answered'),
  costs: z.object({ fn: z.number(), fp: z.number(), tp: z.number(), tn: z.number() }).optional(),
  expected: z
    .object({ ...expectedCostsFields, rows: z.int() })
    .optional()
    .describe('With costs: mean cost per 1,000 rows of the out-of-fold predictions'),
  costMatrix: z
    .array(z.array(z.number()))
    .optional()
    .describe(
      'Several classes with costs: by true class and answered class, in the order of the classes. The class of least expected cost is answered',
    ),
  expectedOfClasses: z
    .object({ ...expectedClassCostsFields, rows: z.int() })
    .optional()
    .describe('The same of several classes, on the out-of-fold predictions'),
});
export type ThresholdDecision = z.infer<typeof thresholdDecisionSchema>;
