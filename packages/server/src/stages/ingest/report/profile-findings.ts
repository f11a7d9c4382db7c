import type { IngestFinding } from '@slipway/contract';
import type { ColumnProfile, TableProfile, TableSchema } from '../model.ts';
import { CLASS_LIKE_WORDS } from '../settings.ts';

/** A text column with more values is no list of labels, so spellings are not compared. */
const MOST_LABELS = 50;

/** What the values of stored columns say: missing-value words, labels that nearly coincide, columns that models leave out. */
export function profileFindings(schema: TableSchema, profile: TableProfile): IngestFinding[] {
  const profiles = new Map(profile.columns.map((column) => [column.name, column]));
  return [
    ...profile.columns.flatMap(missingWordFinding),
    ...profile.columns.flatMap(missingCodeFinding),
    ...profile.columns.flatMap(nearLabelFinding),
    ...schema.columns.flatMap(({ name, role }) => leftOutFinding(profiles.get(name)!, role)),
  ];
}

function missingWordFinding({ name, rows, missingWords = [] }: ColumnProfile): IngestFinding[] {
  if (missingWords.length === 0) return [];
  const count = missingWords.reduce((sum, one) => sum + one.count, 0);
  const told = missingWords.map((one) => `${one.value} (${one.count.toLocaleString('en')})`).join(', ');
  const mayBeClass = missingWords.some(({ value }) => CLASS_LIKE_WORDS.includes(value));
  const target = mayBeClass
    ? ' The words are kept: where the column is the target, frequent ones are classes.'
    : '';
  return [
    {
      code: 'missing-words',
      severity: 'info',
      column: name,
      count,
      message: `In ${name} these words count as missing: ${told}, in ${rows.toLocaleString('en')} rows.${target}`,
      override: '--missing or --no-missing-words',
    },
  ];
}

function missingCodeFinding({ name, type, codes = [] }: ColumnProfile): IngestFinding[] {
  if (codes.length === 0) return [];
  const written = codes.map(({ value }) =>
    type === 'timestamp' ? new Date(value).toISOString().slice(0, 10) : String(value),
  );
  const told = codes.map(({ count }, i) => `${written[i]} (${count.toLocaleString('en')} rows)`).join(', ');
  const counts =
    codes.length === 1 ? 'It counts as a value; if it stands' : 'They count as values; if they stand';
  const asWritten = type === 'timestamp' ? ', written as in the file' : '';
  return [
    {
      code: 'missing-code',
      severity: 'warning',
      column: name,
      count: codes.reduce((sum, { count }) => sum + count, 0),
      message: `${name} holds ${told}, far from all its other values. ${counts} for a missing one, say so${asWritten}.`,
      override: `--also-missing=${written.join(',')}`,
    },
  ];
}

function nearLabelFinding({ name, type, top = [], distinct }: ColumnProfile): IngestFinding[] {
  if (type !== 'string' || distinct > MOST_LABELS) return [];
  const groups = groupByLabel(top);
  const variants = [...groups.values()].filter((group) => group.length > 1);
  if (variants.length === 0) return [];
  const told = variants
    .slice(0, 5)
    .map((group) =>
      group.map(({ value, count }) => `${JSON.stringify(value)} (${count.toLocaleString('en')})`).join(', '),
    )
    .join('; ');
  const more = variants.length > 5 ? `; and ${variants.length - 5} more` : '';
  return [
    {
      code: 'near-labels',
      severity: 'warning',
      column: name,
      count: variants.length,
      message: `${name} has labels that differ in spaces, case or Unicode form only, and are ${distinct} labels as they are: ${told}${more}. Write each in one way to have ${groups.size}.`,
    },
  ];
}

function groupByLabel(top: readonly { value: string; count: number }[]): Map<string, (typeof top)[number][]> {
  const groups = new Map<string, (typeof top)[number][]>();
  for (const one of top) {
    const label = one.value.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
    groups.set(label, [...(groups.get(label) ?? []), one]);
  }
  return groups;
}

/** A column of one value that some rows lack is learnt from: it says which rows these are. */
function leftOutFinding({ name, rows, missing }: ColumnProfile, role: string): IngestFinding[] {
  if (role !== 'identifier' && role !== 'constant') return [];
  if (role === 'constant' && missing > 0 && missing < rows) return [];
  const constant = missing === rows ? 'it is missing in every row' : 'it has one value in every row';
  const why = role === 'identifier' ? 'it names rows and says nothing about new ones' : constant;
  return [
    {
      code: 'column-left-out',
      severity: 'info',
      column: name,
      message: `Models leave ${name} out: ${why}.`,
    },
  ];
}
