import { z } from 'zod';
import { jsonRecord, taskSchema } from './basic-nouns.ts';
import { timeSchema } from './name-schema.ts';

export const runSchema = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  pipelineRunId: z.string().nullable(),
  name: z.string(),
  state: z
    .enum(['running', 'done', 'stopped', 'failed', 'cancelled'])
    .describe('`stopped`: ended early by the search; `cancelled`: by a person'),
  dataset: z.string(),
  datasetVersion: z.int(),
  target: z.string(),
  task: taskSchema,
  learner: z.string().nullable(),
  params: jsonRecord,
  metrics: z.record(z.string(), z.number()),
  why: z.string().nullable().describe('Why this trial was made'),
  says: z.string().nullable().describe('Why it was stopped early, or what went wrong'),
  seconds: z.number().nullable().describe('Of a trial the processor seconds of all its fits'),
  rows: z.number().nullable().describe('Rows learned from, each as often as it was'),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** A metric followed over training: `values[i]` was measured at `steps[i]`. */
export const curveSchema = z.object({
  name: z.string(),
  steps: z.array(z.number()),
  values: z.array(z.number()),
});
export type Curve = z.infer<typeof curveSchema>;

/** Runs side by side: one row for each parameter or metric, its values in the order of the runs. */
export const runComparisonSchema = z.object({
  runs: z.array(runSchema),
  params: z.array(z.object({ name: z.string(), values: z.array(z.unknown()), differs: z.boolean() })),
  metrics: z.array(
    z.object({ name: z.string(), values: z.array(z.number().nullable()), best: z.int().nullable() }),
  ),
  curves: z.array(z.array(curveSchema)).describe('Of each run, one curve for each fold'),
});
export type RunComparison = z.infer<typeof runComparisonSchema>;
