import type { ColumnRole, ColumnType } from '../model.ts';

/** What is known of a column when its role is decided. */
export type RoleEvidence = {
  name: string;
  type: ColumnType;
  rows: number;
  present: number;
  distinct: number;
  /** Of numbers. */
  whole?: boolean;
  min?: number;
  max?: number;
  /** Of strings: the most frequent values and means over the first rows. */
  top?: string[];
  meanLength?: number;
  meanWords?: number;
};

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
/** `id`, `customer_id`, `customerID`, `PassengerId`, `patient_nbr`, `rownames`, `index`, `instant`, … */
const ID_NAME =
  /(?:^|[_\s.-])(?:id|ids|uuid|guid|key|nbr|no|number|rownames?|rowid|index|idx|instant)$|[a-z](?:ID|Id|Key|Uuid)$|^unnamed:? ?_?0$/i;
const ID_SUFFIX = /[a-z](?:ID|Id|Key|Uuid|UUID)$/;
const YEAR_NAME = /year|jahr|année|año/i;

/** So many rows are needed before uniqueness says anything. */
const LEAST_ROWS = 20;
/** Whole numbers, all different, in at least this many rows are names of things, not measures. */
const UNIQUE_WHOLE_ROWS = 1_000;

type Rule = { role: ColumnRole; holds: (column: RoleEvidence) => boolean };

/** The first rule that holds decides. A column of fractional numbers is never an identifier, however unique. */
const RULES: readonly Rule[] = [
  { role: 'constant', holds: ({ distinct }) => distinct <= 1 },
  { role: 'boolean', holds: ({ type }) => type === 'boolean' },
  { role: 'datetime', holds: ({ type }) => type === 'timestamp' },
  { role: 'identifier', holds: (column) => column.type === 'number' && isNumberIdentifier(column) },
  { role: 'numeric', holds: ({ type }) => type === 'number' },
  {
    role: 'identifier',
    holds: (column) => column.top?.every((value) => UUID.test(value)) === true && uniqueness(column) > 0.5,
  },
  { role: 'text', holds: isText },
  { role: 'identifier', holds: isStringIdentifier },
  { role: 'categorical', holds: () => true },
];

export function inferRole(column: RoleEvidence): ColumnRole {
  return RULES.find(({ holds }) => holds(column))!.role;
}

function isNumberIdentifier(column: RoleEvidence): boolean {
  const { whole, rows, present, min = 0, max = 0, name } = column;
  if (whole !== true || rows < LEAST_ROWS || isYears(column)) return false;
  if (uniqueness(column) === 1 && present === rows) {
    const rowNumbers = max - min === rows - 1 && (min === 0 || min === 1);
    return rowNumbers || isIdentifierName(name) || rows >= UNIQUE_WHOLE_ROWS;
  }
  return isIdentifierName(name) && uniqueness(column) > 0.5;
}

function isYears({ name, min = 0, max = 0 }: RoleEvidence): boolean {
  return YEAR_NAME.test(name) && min >= 1000 && max <= 2500;
}

function isText(column: RoleEvidence): boolean {
  const { meanWords = 0, meanLength = 0, distinct } = column;
  const varied = distinct >= LEAST_ROWS && uniqueness(column) > 0.3;
  return varied && (meanWords >= 3.5 || meanLength >= 50);
}

function isStringIdentifier(column: RoleEvidence): boolean {
  if (column.present < LEAST_ROWS) return false;
  const unique = uniqueness(column);
  return unique >= 0.95 || (unique > 0.5 && isIdentifierName(column.name));
}

function isIdentifierName(name: string): boolean {
  return ID_NAME.test(name) && (/[_\s.-]|^[a-z]+$/i.test(name) || ID_SUFFIX.test(name));
}

function uniqueness({ distinct, present }: RoleEvidence): number {
  return present === 0 ? 0 : distinct / present;
}
