import { integerSetting, numberSetting } from '../../kernel/index.ts';

/** Limits of reading, with their units. */
export type IngestLimits = {
  /** More columns than this are refused. */
  maxColumns: number;
  /** More values (rows times columns) than this are refused. */
  maxValues: number;
  /** More objects and lists in each other in a row of JSON are refused. */
  maxJsonDepth: number;
  /** More different keys in the objects of lists of JSON are refused. */
  maxListedKeys: number;
  /** How much of the start of a file is looked at to tell its form. */
  headBytes: number;
  /** A longer record of delimited text is refused; bounds memory. */
  maxRecordCharacters: number;
  /** A compressed file may not unpack to more. */
  maxUnpackedBytes: number;
  /**
   * Nor to more than so many times its own size, once that is over {@link UNPACKED_FREELY_BYTES}. Of Parquet and JSON, a file may not
   * hold more than so many values for each of its bytes either.
   */
  maxUnpackedRatio: number;
  /** Share of the present values of a column that may not fit its type; they are read as missing and listed. */
  maxUnreadableShare: number;
  /** A longer value of JSON, such as one row, is refused; bounds memory. */
  maxJsonValueCharacters: number;
  /** A larger JSON document of columns is refused: putting them side by side takes about as much memory. */
  maxTransposedBytes: number;
  /** Of a larger file a preview reads the first rows only. */
  previewBytes: number;
};

export const INGEST_LIMITS: IngestLimits = {
  maxColumns: 4_000,
  maxValues: 10_000_000_000,
  maxJsonDepth: 100,
  maxListedKeys: 20_000,
  headBytes: 2 * 1024 * 1024,
  maxRecordCharacters: 2 * 1024 * 1024,
  maxUnpackedBytes: 200 * 1024 ** 3,
  maxUnpackedRatio: 200,
  maxUnreadableShare: 0.01,
  maxJsonValueCharacters: 32 * 1024 * 1024,
  maxTransposedBytes: 256 * 1024 * 1024,
  previewBytes: 64 * 1024 * 1024,
};

/** Small enough to be harmless, whatever it was packed to. */
export const UNPACKED_FREELY_BYTES = 64 * 1024 ** 2;

/** The module's slice of the configuration. */
export const ingestSettings = {
  maxColumns: integerSetting({
    default: INGEST_LIMITS.maxColumns,
    min: 2,
    max: 20_000,
    says: 'Files with more columns are refused.',
  }),
  maxValues: integerSetting({
    default: INGEST_LIMITS.maxValues,
    min: 1_000,
    max: 1_000_000_000_000_000,
    says: 'Files with more values (rows times columns) are refused.',
  }),
  maxUnpackedBytes: integerSetting({
    default: INGEST_LIMITS.maxUnpackedBytes,
    min: 1024,
    max: 1024 ** 5,
    says: 'Compressed files that unpack to more are refused.',
  }),
  maxUnpackedRatio: integerSetting({
    default: INGEST_LIMITS.maxUnpackedRatio,
    min: 1,
    max: 2000,
    says: 'Compressed files that unpack to more than so many times their size, and to more than 64 MiB, are refused, and so are Parquet and JSON with more than so many values for each byte, and more than 100,000,000.',
  }),
  maxScratchBytes: integerSetting({
    default: 200 * 1024 ** 3,
    min: 1024 ** 2,
    max: 1024 ** 5,
    says: 'Disk space that reading a file may take for temporary files: what is unpacked or converted, and what does not fit into memory. Three quarters of the free disk at most.',
  }),
  memoryLimitMegabytes: integerSetting({
    default: 2_048,
    min: 128,
    max: 1_048_576,
    says: 'Memory that reading a file may take before it spills to the data folder.',
  }),
  maxUnreadableShare: numberSetting({
    default: INGEST_LIMITS.maxUnreadableShare,
    min: 0,
    max: 0.5,
    says: 'Share of the values of a column that may not fit its type when a file is imported or appended; they are read as missing and listed in the report.',
  }),
  threads: integerSetting({ default: 2, min: 1, max: 256, says: 'Threads that read a file.' }),
};

/** Fields that mean a missing value, besides the empty one (compared without surrounding spaces). */
export const MISSING_WORDS: readonly string[] = [
  'NA',
  'N/A',
  'n/a',
  'null',
  'NULL',
  'Null',
  'None',
  'NaN',
  'nan',
  '<NA>',
  'NaT',
  '#N/A',
  '#NA',
  '\\N',
  '?',
  '-',
];

/**
 * Of the missing-value words those that people also use for a class, such as North America, no treatment, or minus. In a
 * target of words they are classes where they are frequent; the others are written by programs only.
 */
export const CLASS_LIKE_WORDS: readonly string[] = ['NA', 'None', '?', '-', 'N/A', 'n/a'];

const USUAL_WORDS = new Set(MISSING_WORDS);

/** Whether text means a missing value by the usual words. */
export function isMissingWord(text: string, words: ReadonlySet<string> = USUAL_WORDS): boolean {
  const bare = text.trim();
  return bare === '' || words.has(bare);
}
