import type { ColumnType } from '../../journey/ingest/index.ts';

const NUMBERS = [
  'FP64',
  'FP32',
  'INT64',
  'INT32',
  'INT16',
  'INT8',
  'UINT64',
  'UINT32',
  'UINT16',
  'UINT8',
] as const;

/** The datatypes that a raw column takes, the one that metadata names first. */
export const DATATYPES: Record<ColumnType, readonly string[]> = {
  number: NUMBERS,
  boolean: ['BOOL'],
  string: ['BYTES'],
  timestamp: ['BYTES'],
};
