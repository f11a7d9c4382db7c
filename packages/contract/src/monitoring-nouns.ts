import { z } from 'zod';
import { timeSchema } from './name-schema.ts';

/** When an endpoint is monitored: apart from its policy of retraining, and on unless it is switched off. */
export const monitoringSettingsSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether monitoring runs on a schedule'),
    everyMinutes: z
      .number()
      .min(1)
      .max(44_640)
      .default(60)
      .describe('Minutes from one run to the next; failed runs wait longer, twice as long each time'),
  })
  .describe('The schedule by which the traffic of an endpoint is compared with the training data');
export type MonitoringSettings = z.output<typeof monitoringSettingsSchema>;

/** The schedule of an endpoint and what became of its last run. */
export const monitoringViewSchema = monitoringSettingsSchema.extend({
  lastRun: z
    .object({
      startedAt: timeSchema,
      endedAt: timeSchema.nullable().describe('null while it runs'),
      outcome: z
        .enum(['running', 'reported', 'idle', 'failed'])
        .describe('idle: nothing was answered or labelled since the report before'),
      failures: z.int().describe('Failed runs in a row, this one included'),
    })
    .nullable(),
  nextRunAt: timeSchema
    .nullable()
    .describe('null while monitoring is off, the endpoint is paused, or the model has no reference'),
  says: z.string(),
});
export type MonitoringView = z.infer<typeof monitoringViewSchema>;

/** Calls of a window of traffic, and those that were refused for what they sent. */
export const callsReportSchema = z.object({
  answered: z.int().describe('Calls that got predictions'),
  refused: z.int().describe('Calls that were refused for their content, by any protocol'),
  refusals: z
    .array(
      z.object({
        code: z.string().describe('Of the failure that the callers got'),
        column: z
          .string()
          .nullable()
          .describe('Column or tensor of the model; null where the failure is about none'),
        count: z.int(),
        share: z.number().describe('Of all calls of the window, 0 to 1'),
        says: z.string(),
      }),
    )
    .describe('Most frequent first; 20 at most'),
});
export type CallsReport = z.infer<typeof callsReportSchema>;
