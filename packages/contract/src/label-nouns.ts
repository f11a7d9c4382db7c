import { z } from 'zod';
import { nameSchema, timeSchema } from './name-schema.ts';
import { cellSchema } from './nouns.ts';

/** The words of labelling. A share or coefficient that cannot be told is null. */

export const labelProgressSchema = z.object({
  tasks: z.int(),
  done: z.int().describe('Tasks that have all the answers asked for'),
  leased: z.int().describe("Tasks in somebody's hands"),
  answers: z.int(),
  skips: z.int(),
});
export type LabelProgress = z.infer<typeof labelProgressSchema>;

export const labelTaskSchema = z.object({
  id: z.string(),
  row: z.int().describe('Index of the row in the dataset version, from 0'),
  values: z.record(z.string(), cellSchema).describe('The row, without the target'),
  leasedUntil: timeSchema.describe('Nobody else gets the task before'),
});
export type LabelTask = z.infer<typeof labelTaskSchema>;

export const labelQueueSchema = z.object({
  name: nameSchema,
  dataset: nameSchema,
  version: z.int(),
  target: z.string(),
  type: z.enum(['string', 'number', 'boolean']),
  choices: z.array(z.string()).nullable().describe('Answers that may be given; null: any number'),
  overlap: z.int().describe('People who answer each row'),
  leaseSeconds: z.int(),
  orderedBy: z
    .object({ model: z.string(), version: z.int() })
    .nullable()
    .describe('The model that said which rows it is least sure of; null: rows in their order'),
  relabel: z.boolean().describe('Whether rows that have a value are asked about too'),
  state: z.enum(['open', 'closed']),
  applied: z
    .object({ version: z.int(), rows: z.int(), undecided: z.int(), at: timeSchema })
    .nullable()
    .describe('The dataset version that was last made of the labels'),
  openedBy: z.string(),
  createdAt: timeSchema,
  progress: labelProgressSchema,
});
export type LabelQueue = z.infer<typeof labelQueueSchema>;

export const labelQueueReportSchema = labelQueueSchema.extend({
  people: z.array(z.object({ name: z.string(), answers: z.int(), skips: z.int() })),
  agreement: z.object({
    observed: z.number().nullable().describe('Share of the pairs of answers to one row that are equal'),
    krippendorffAlpha: z.number().nullable().describe('Beyond chance: 1 wholly, 0 as by chance'),
    pairs: z.array(
      z.object({
        people: z.tuple([z.string(), z.string()]),
        tasks: z.int(),
        cohenKappa: z.number().nullable(),
      }),
    ),
  }),
  agreed: z.int().describe('Rows with an answer that people agreed on'),
  undecidedRows: z.int().describe('Rows with all their answers and no majority'),
  undecided: z
    .array(z.object({ row: z.int(), answers: z.array(z.string()) }))
    .describe('The first hundred of them'),
});
export type LabelQueueReport = z.infer<typeof labelQueueReportSchema>;
