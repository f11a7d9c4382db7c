import { z } from 'zod';
import { callsReportSchema } from './monitoring-nouns.ts';
import { timeSchema } from './name-schema.ts';
import { predictionWarningCodeSchema } from './prediction-nouns.ts';

export const alertSchema = z.object({
  id: z.string(),
  endpoint: z.string(),
  severity: z.enum(['note', 'warning', 'critical']),
  state: z.enum(['open', 'resolved']),
  version: z
    .int()
    .nullable()
    .describe('The model version that it is about; null where it is about the endpoint'),
  says: z.string(),
  firstSeen: timeSchema,
  lastSeen: timeSchema,
  resolution: z.string().nullable().describe('Why it was closed; null while it is open'),
});
export type Alert = z.infer<typeof alertSchema>;

const measuredIntervalSchema = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .describe('With its 95 % interval');

const realisedPerformanceSchema = z
  .looseObject({
    rows: z.int().describe('Predictions of the version between the first and the last labelled one'),
    labelled: z.int(),
    coverage: z.number().describe('labelled / rows'),
    from: timeSchema.nullable().optional().describe('When the first of the labelled predictions was made'),
    to: timeSchema.nullable().optional(),
    medianDelaySeconds: z.number().nullable().describe('From a prediction to the arrival of its label'),
    p90DelaySeconds: z.number().nullable().optional(),
    enough: z.boolean(),
    unknownClasses: z
      .object({
        labels: z.int(),
        share: z.number(),
        classes: z.array(z.object({ value: z.string(), labels: z.int() })),
        says: z.string(),
      })
      .nullable()
      .optional()
      .describe('Labels of classes that the model does not know; they count as wrong answers'),
    measures: z
      .array(
        z.looseObject({
          id: z.string(),
          name: z.string(),
          better: z.enum(['higher', 'lower']),
          value: measuredIntervalSchema.nullable().describe('Null where it is not defined on these labels'),
          holdout: measuredIntervalSchema.nullable(),
          tolerance: z.number().nullable(),
          allowed: z
            .number()
            .nullable()
            .describe(
              'How much worse than on the hold-out it may be: the tolerance, or what chance explains',
            ),
          degraded: z.boolean(),
        }),
      )
      .optional()
      .describe(
        'The measures that decide; left out in reports of earlier versions, as all that is optional here',
      ),
    metric: z.string().describe('The headline metric of the task'),
    primary: measuredIntervalSchema.nullable().describe('Of the headline metric'),
    holdout: measuredIntervalSchema.nullable().describe('Of the headline metric on the hold-out'),
    metrics: z.record(z.string(), z.number()),
    degraded: z.boolean(),
    decision: z.string().optional().describe('One sentence: the measure, its direction and values'),
    says: z.string(),
  })
  .describe('Performance over the predictions that have labels, whenever those were made');

const estimatedPerformanceSchema = z
  .looseObject({
    accuracy: z.number(),
    rocAuc: z.number().nullable(),
    trusted: z.boolean(),
    onLabels: z
      .object({ estimated: z.number(), measured: z.number(), allowed: z.number(), wrong: z.boolean() })
      .nullable()
      .optional()
      .describe('Accuracy of the labelled predictions as estimated, beside what their labels give'),
    says: z.string(),
  })
  .describe('What the probabilities of the model promise for the window, without labels');

export const monitorReportSchema = z
  .looseObject({
    endpoint: z.string(),
    version: z.int().optional().describe('The model version that it is about'),
    createdAt: timeSchema,
    chosenDates: z
      .boolean()
      .optional()
      .describe(
        'Whether a caller chose the window: such a report opens and closes no alert and starts nothing',
      ),
    window: z.object({ from: timeSchema, to: timeSchema, rows: z.int() }),
    drifted: z.boolean(),
    says: z.string(),
    columns: z.array(
      z.looseObject({
        name: z.string(),
        drifted: z.boolean(),
        says: z.string().describe('What differs, with direction, unit and limit'),
        statistics: z
          .string()
          .optional()
          .describe('The figures of the test that decided, with what chance gives and the p-value'),
        notCompared: z
          .enum(['advances-with-time', 'part-of-a-cycle'])
          .optional()
          .describe('Why the values were not compared; missing and never seen values always are'),
        confirmation: z
          .enum(['strong', 'repeated', 'pending', 'first-week', 'weekly'])
          .optional()
          .describe(
            'Of drift: whether it is an alert (strong, repeated), waits for another window or a week of traffic, or is a weekly cycle',
          ),
        warnings: z
          .partialRecord(predictionWarningCodeSchema, z.int())
          .optional()
          .describe('How many values training never saw, by code; left out where there were none'),
      }),
    ),
    performance: z.looseObject({
      realised: realisedPerformanceSchema.optional(),
      estimated: estimatedPerformanceSchema.nullable().optional(),
    }),
    calls: callsReportSchema.optional().describe('Left out of reports from before calls were counted'),
  })
  .describe('Drift for each column and the scores; quality where labels have come in');
export type MonitorReport = z.infer<typeof monitorReportSchema>;
