import { z } from 'zod';
import { columnNameSchema, columnNamesSchema, MOST_COLUMNS, recordOf } from './bounded-schemas.ts';

/** How the values of a file are stored. */
export const columnTypeSchema = z.enum(['number', 'boolean', 'timestamp', 'string']);

/** In which order day, month and year are written: `dmy` is 31/12/2024, `mdy` is 12/31/2024, `ymd` is 2024/12/31. */
export const dateOrderSchema = z.enum(['dmy', 'mdy', 'ymd']);
export type DateOrder = z.infer<typeof dateOrderSchema>;

export const decimalMarkSchema = z.enum(['.', ',']);

/** Marks between groups of three digits; the empty text where there are none. */
export const thousandsMarkSchema = z.enum(['', ',', '.', ' ', "'"]);

/**
 * What stands beside the number in every value of a column, such as `$` before or `%` behind; the value is the number in this
 * unit. Both are empty where only negative numbers are marked, by brackets: (5.00).
 */
export const numberUnitSchema = z.object({ before: z.string().max(8), after: z.string().max(8) });
export type NumberUnit = z.infer<typeof numberUnitSchema>;

/**
 * How text of one column is read. Decided by the first file of a dataset, kept with every version and every model, and
 * applied to every later file, label and request.
 */
export const columnReadingSchema = z.discriminatedUnion('as', [
  z.object({ as: z.literal('string') }),
  z.object({
    as: z.literal('number'),
    decimal: decimalMarkSchema,
    thousands: thousandsMarkSchema,
    unit: numberUnitSchema.optional(),
    isGiven: z
      .boolean()
      .optional()
      .describe('The type was given as an option, so a forecast never takes these numbers for dates'),
  }),
  z.object({ as: z.literal('boolean') }),
  z.object({
    as: z.literal('timestamp'),
    formats: z
      .array(z.string())
      .describe(
        'Forms in the order they are tried: `iso`, `iso-zoned`, or strptime letters such as %d/%m/%Y',
      ),
    order: dateOrderSchema.nullable().describe('Null where no form depends on it'),
    timeZone: z.string().describe('IANA zone of times that are written without one'),
    offsets: z
      .array(
        z.object({
          minutes: z.int().describe('Minutes ahead of UTC'),
          from: z.number().describe('First moment with this offset, in epoch milliseconds'),
          to: z.number().describe('Last moment with this offset, in epoch milliseconds'),
        }),
      )
      .optional()
      .describe('Offsets from UTC that the values carry, by time; a forecast finds its time zone by them'),
  }),
]);
export type ColumnReading = z.infer<typeof columnReadingSchema>;

const oneCharacter = z
  .string()
  .max(2)
  .refine((text) => [...text].length === 1, { error: 'Give one character' });

/** Encodings that a file of text may be read in. */
export const fileEncodingSchema = z.enum([
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'iso-8859-2',
  'iso-8859-15',
  'shift_jis',
  'euc-jp',
  'gb18030',
  'big5',
  'euc-kr',
  'koi8-r',
]);
export type FileEncoding = z.infer<typeof fileEncodingSchema>;

const LAST_HEADER_LINE = 10_001;

/** What the user says about a file. Whatever is left out is found by its content. */
export const readOptionsSchema = z.strictObject({
  delimiter: oneCharacter.optional().describe('Character between the fields'),
  quote: z
    .string()
    .max(2)
    .refine((text) => [...text].length <= 1, { error: 'Give one character, or an empty text for none' })
    .optional()
    .describe('Character around fields that hold a delimiter; empty where there is none'),
  header: z
    .union([z.boolean(), z.int().min(1).max(LAST_HEADER_LINE)], {
      error: `Give true, false or the line of the header, from 1 to ${LAST_HEADER_LINE}`,
    })
    .optional()
    .describe('Whether there is a header, or the line (from 1) that it stands on'),
  skipRows: z.int().min(0).max(10_000).optional().describe('Lines to skip at the start of the file'),
  skipFooter: z
    .int()
    .min(0)
    .max(1_000)
    .optional()
    .describe(
      'Last rows to leave out; 0 keeps a row of totals, which is left out otherwise where it is certain',
    ),
  comment: oneCharacter.optional().describe('Lines that start with this character are skipped'),
  encoding: fileEncodingSchema.optional(),
  missing: z
    .array(z.string().max(100))
    .max(100)
    .optional()
    .describe('Words that mean a missing value, in place of the usual ones'),
  alsoMissing: z
    .array(z.string().max(100))
    .max(100)
    .optional()
    .describe('Words that mean a missing value besides the usual ones, such as -999'),
  noMissingWords: z.boolean().optional().describe('Only empty fields are missing'),
  types: recordOf(columnNameSchema, columnTypeSchema, MOST_COLUMNS)
    .optional()
    .describe('Types of columns by name, in place of what their values suggest'),
  decimal: decimalMarkSchema.optional().describe('Decimal mark of numbers'),
  dateOrder: dateOrderSchema.optional(),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, { error: 'Give an IANA time zone such as Europe/Berlin' })
    .optional()
    .describe('IANA zone of times that are written without one; UTC when left out'),
  allowMissing: columnNamesSchema
    .optional()
    .describe('Columns that the file may lack; they are missing in every row'),
});
export type ReadOptions = z.infer<typeof readOptionsSchema>;

/** The field `read` of the requests that take an uploaded table. */
export const readFieldSchema = readOptionsSchema
  .optional()
  .describe('How the uploaded table is written and what its columns hold; detected where left out');

/** Whether reading options come with a file: a dataset keeps how it was read. */
export const readsFile = (request: { dataset?: unknown; read?: unknown }) =>
  request.read === undefined || request.dataset === undefined;
export const readsFileOnly = {
  path: ['read'],
  error: 'Reading options are for an uploaded file; a dataset was read when it was added',
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What an ingest report tells about; one finding each. */
export const ingestFindingCodeSchema = z.enum([
  'format',
  'encoding',
  'encoding-repaired',
  'delimiter',
  'quote',
  'header',
  'no-header',
  'number-unit',
  'skipped-lines',
  'comment-lines',
  'separator-line',
  'repeated-header',
  'row-names',
  'index-column',
  'renamed-column',
  'json-shape',
  'decimal-mark',
  'thousands-mark',
  'date-order',
  'time-zone',
  'missing-words',
  'missing-code',
  'class-words',
  'value-not-read',
  'column-text',
  'codes-kept',
  'column-left-out',
  'column-absent',
  'near-labels',
  'lists-as-text',
  'head-only',
  'form-kept',
  'form-changed',
  'units-row',
  'second-header',
  'total-row',
  'rows-dependent',
  'labels-refused',
  'labels-unknown-class',
  'labels-respelled',
]);
export type IngestFindingCode = z.infer<typeof ingestFindingCodeSchema>;

export const ingestFindingSchema = z.object({
  code: ingestFindingCodeSchema,
  severity: z.enum(['info', 'warning']).describe('A warning is something that a reader should check'),
  message: z.string().describe('One or two sentences: what was found, and what was decided'),
  column: z.string().optional(),
  line: z.int().optional().describe('Line of the file, from 1'),
  value: z.string().optional().describe('As it is written in the file, cut to 200 characters'),
  count: z.int().optional().describe('How many values or lines it is about'),
  override: z.string().optional().describe('The option that decides otherwise'),
});
export type IngestFinding = z.infer<typeof ingestFindingSchema>;

/** How a file was read: what was detected, decided, converted and left out. Kept with the dataset version. */
export const ingestReportSchema = z.object({
  source: z.string().describe('Name of the file'),
  format: z.string(),
  rows: z.int(),
  columns: z.int(),
  findings: z.array(ingestFindingSchema),
  omitted: z.int().describe('Findings that were left off because there were too many'),
});
export type IngestReport = z.infer<typeof ingestReportSchema>;
