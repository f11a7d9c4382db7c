import { z } from 'zod';
import { columnNameSchema } from './bounded-schemas.ts';

const KINDS = ['days', 'rows', 'halfLifeDays', 'halfLifeRows'] as const;

/** Which training rows a retraining uses, or how much each counts. Exactly one of the four kinds is given. */
export const recencySchema = z
  .strictObject({
    days: z
      .number()
      .positive()
      .max(36_500)
      .optional()
      .describe('Window: training rows at most this many days older than the newest'),
    rows: z
      .int()
      .min(20)
      .max(1_000_000_000_000)
      .optional()
      .describe('Window: this many training rows, the newest'),
    halfLifeDays: z
      .number()
      .positive()
      .max(36_500)
      .optional()
      .describe('Weights: a row this many days older than the newest counts half'),
    halfLifeRows: z
      .int()
      .positive()
      .max(1_000_000_000_000)
      .optional()
      .describe('Weights: a row with this many newer training rows counts half'),
    by: columnNameSchema
      .optional()
      .describe(
        'Column that tells how new a row is. Left out: the time column that the model was trained with; without one, days need the only timestamp column of the dataset, and rows go by the order in which they were appended',
      ),
  })
  .refine((recency) => KINDS.filter((kind) => recency[kind] !== undefined).length === 1, {
    error: `Give exactly one of ${KINDS.join(', ')}`,
  });
export type Recency = z.output<typeof recencySchema>;

/** The recency in words, such as `the newest 500 rows`. */
export function recencyInWords({ days, rows, halfLifeDays, halfLifeRows, by }: Recency): string {
  const column = by === undefined ? '' : ` by ${by}`;
  if (days !== undefined) return `the last ${days} days${column}`;
  if (rows !== undefined) return `the newest ${rows} rows${column}`;
  if (halfLifeDays !== undefined) return `weights with a half-life of ${halfLifeDays} days${column}`;
  return `weights with a half-life of ${halfLifeRows} rows${column}`;
}
