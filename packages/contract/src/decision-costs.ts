import { z } from 'zod';

/** Of the answers of a binary model, by truth and answer. */
export const binaryCostsSchema = z
  .strictObject({
    fn: z.number().describe('Cost of a positive row answered as negative'),
    fp: z.number().describe('Cost of a negative row answered as positive'),
    tp: z.number().default(0).describe('Gain of a positive row answered as positive'),
    tn: z.number().default(0).describe('Gain of a negative row answered as negative'),
  })
  .refine(({ fn, fp, tp, tn }) => fn + tp > 0 && fp + tn > 0, {
    error: 'A wrong answer must cost more than the right one: fn + tp and fp + tn are above 0',
  });

const MOST_PAIRS = 10_000;
const LONGEST_CLASS = 1000;
/** Beyond it sums of costs over rows lose digits. */
const MOST_COST = 1e12;

const costSchema = z.number().min(0).max(MOST_COST);
const classSchema = z.string().min(1).max(LONGEST_CLASS).optional();

/** Of the answers of a model of named classes. */
export const classCostsSchema = z
  .strictObject({
    pairs: z
      .array(
        z.strictObject({
          truth: classSchema.describe('The true class; left out for rows of every other class'),
          predicted: classSchema.describe('The answered class; left out for every wrong answer'),
          cost: costSchema,
        }),
      )
      .min(1)
      .max(MOST_PAIRS)
      .describe(
        'What answering `predicted` costs on a row whose class is `truth`. A pair of classes counts before a true class alone, and that before an answered class alone',
      ),
    other: costSchema
      .default(1)
      .describe('Cost of each wrong answer that no pair names; a right answer that none names costs 0'),
  })
  .refine(({ pairs }) => pairs.every(({ truth, predicted }) => (truth ?? predicted) !== undefined), {
    path: ['pairs'],
    error: 'Each pair names the true class, the answered class or both; `other` is the cost of the rest',
  })
  .refine(({ pairs }) => new Set(pairs.map(keyOf)).size === pairs.length, {
    path: ['pairs'],
    error: 'A pair of classes has one cost: name it once',
  });

function keyOf({ truth, predicted }: { truth?: string | undefined; predicted?: string | undefined }) {
  return JSON.stringify([truth ?? null, predicted ?? null]);
}

export const decisionCostsSchema = z
  .union([binaryCostsSchema, classCostsSchema], {
    error: 'Give fn and fp for two classes, or pairs of a true class, an answered class and a cost',
  })
  .describe(
    'What answers cost. `fn`, `fp`, `tp` and `tn`, of two classes: the threshold is chosen where the expected cost on out-of-fold predictions is least. `pairs`, of any classes: the class of least expected cost is answered (of two classes they choose the threshold)',
  );

export type BinaryCosts = z.output<typeof binaryCostsSchema>;
export type ClassCosts = z.output<typeof classCostsSchema>;
export type DecisionCosts = z.output<typeof decisionCostsSchema>;
