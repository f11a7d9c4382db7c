import { z } from 'zod';
import { ingestFindingSchema } from './ingest-nouns.ts';
import { nameSchema, timeSchema } from './name-schema.ts';
import { cellSchema } from './prediction-nouns.ts';

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
  leasedUntil: timeSchema.describe('No other person receives the task before'),
});
export type LabelTask = z.infer<typeof labelTaskSchema>;

export const labelQueueSchema = z.object({
  name: nameSchema,
  dataset: nameSchema,
  version: z.int(),
  target: z.string(),
  type: z.enum(['string', 'number', 'boolean']),
  choices: z.array(z.string()).nullable().describe('Answers that may be given; null: any number'),
  consensus: z
    .enum(['majority', 'median'])
    .describe(
      'How several answers become a label: that of more than half, or the middle one of measured numbers',
    ),
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

const undecidedSchema = z.object({
  task: z.string(),
  row: z.int(),
  answers: z.array(z.string()),
  reason: z
    .enum(['no-majority', 'not-whole', 'too-few-answers'])
    .describe(
      'No answer of more than half; a median that is no whole number in a column of whole numbers; a closed queue without all answers',
    ),
});

export const labelTaskToReviewSchema = undecidedSchema.extend({
  values: z.record(z.string(), cellSchema).describe('The row, without the target'),
  people: z
    .array(z.object({ name: z.string(), value: z.string().nullable(), reason: z.string().nullable() }))
    .describe('Who answered what; a skip has no value, and perhaps a reason'),
});
export type LabelTaskToReview = z.infer<typeof labelTaskToReviewSchema>;

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
  agreed: z.int().describe('Rows with a label: people agreed on it, or a reviewer decided'),
  reviewed: z.int().describe('Rows that a reviewer decided'),
  undecidedRows: z.int().describe('Rows that wait for a reviewer'),
  undecided: z.array(undecidedSchema).describe('The first hundred of them'),
});
export type LabelQueueReport = z.infer<typeof labelQueueReportSchema>;

/** Labels of the future are refused beyond so much difference between the clocks of caller and server. */
export const LABEL_CLOCK_TOLERANCE_SECONDS = 300;

export const labelRefusalSchema = z.object({
  index: z.int().describe('Place among the labels of the request, or among the rows of the file, from 0'),
  line: z.int().nullable().describe('Line of the file, from 1; null where there are no lines'),
  id: z.string(),
  path: z.string().describe('The field or column that is at fault'),
  value: z.string().describe('As it was sent, cut to 200 characters'),
  reason: z.string().describe('Why the label was not taken, and what would be'),
});
export type LabelRefusal = z.infer<typeof labelRefusalSchema>;

export const labelsTakenSchema = z.object({
  accepted: z.int().describe('Predictions that were labelled'),
  replaced: z.int().describe('Of these, how many had another label before'),
  repeated: z.int().describe('Labels of a prediction that comes again later in the request; the last counts'),
  missing: z.int().describe('Labels without a value, which were left out'),
  refused: z.int().describe('Labels that were not taken; the others were'),
  refusals: z.array(labelRefusalSchema).describe('The first hundred of them'),
  unknownClasses: z
    .array(z.object({ value: z.string(), count: z.int() }))
    .describe('Classes that the model does not know, of labels that were taken: the fifty most frequent'),
  unknown: z
    .int()
    .nullable()
    .describe(
      'Ids that the prediction log does not hold (yet); null when there was too much of it to look through',
    ),
  warnings: z.array(ingestFindingSchema).describe('What to check'),
});
export type LabelsTaken = z.infer<typeof labelsTakenSchema>;
