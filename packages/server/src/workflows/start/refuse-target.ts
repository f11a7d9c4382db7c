import { fail, severalTargets } from '@slipway/contract';
import { classWords } from '../../stages/ingest/index.ts';
import { MAX_CLASSES } from '../../stages/prepare/index.ts';
import type { IngestOutput, PipelineRunRequest } from '../model.ts';
import { forecastOptionsOf } from './forecast-options.ts';

const NAMES_LISTED = 30;
/** A count of distinct values may be an estimate, some percent off; what is over this is over the limit for certain. */
const CERTAINLY_TOO_MANY = 2 * MAX_CLASSES;

/**
 * What the profile alone shows to be no target: then nothing of the file is kept, and nobody waits for the training to
 * find out. Preparation looks again, and closer. Throws `file.one-column`, `target.*`, `time.missing`, `group.missing`,
 * `weight.missing` and what {@link refuseColumns} throws.
 */
export function refuseTarget(
  { manifest, profile }: Pick<IngestOutput, 'manifest' | 'profile'>,
  request: Exclude<PipelineRunRequest, { kind: 'retrain' }>,
): void {
  const { target, name: dataset } = request;
  const { columns } = manifest.schema;
  if (columns.length < 2) throw fail('file.one-column', { file: request.file?.filename ?? dataset });
  const names = columns.map(({ name }) => name);
  const column = profile.columns.find(({ name }) => isSameName(name, target));
  const path = 'target';
  const columnsTold = listed(names);
  const parts = target.split(',');
  if (
    column === undefined &&
    parts.length > 1 &&
    parts.every((part) => names.some((name) => isSameName(name, part)))
  )
    throw severalTargets(parts.map((part) => part.trim()));
  if (column === undefined) throw fail('target.missing', { target, dataset, columns: columnsTold }, { path });
  refuseColumns(request.ship, { dataset, names });
  refuseRoles(request.ship, { dataset, names });
  const words = classWords(column.missingWords ?? [], { rows: column.rows, schema: manifest.schema });
  const classes = column.distinct + words.length;
  if (classes === 0) throw fail('target.all-null', { target }, { path });
  if (classes === 1 && !column.distinctApproximate) throw fail('target.constant', { target }, { path });
  const { task } = request.ship;
  const isClassified = task === 'binary' || task === 'multiclass' || column.type === 'string';
  if (isClassified && column.distinct > CERTAINLY_TOO_MANY)
    throw fail('target.too-many-classes', { target, classes: column.distinct, limit: MAX_CLASSES }, { path });
}

type ColumnsAsked = {
  exclude?: readonly string[];
  allowLeakage?: readonly string[] | undefined;
  fairness?: readonly string[] | undefined;
};

/**
 * Names of columns that there are none of would be passed over in silence. Throws `exclude.missing`,
 * `leakage.column-missing` and `fairness.missing`.
 */
export function refuseColumns(
  { exclude, allowLeakage, fairness }: ColumnsAsked,
  { dataset, names }: { dataset: string; names: readonly string[] },
): void {
  const asked = [
    ['exclude', 'exclude.missing', exclude],
    ['allowLeakage', 'leakage.column-missing', allowLeakage],
    ['fairness', 'fairness.missing', fairness],
  ] as const;
  for (const [field, code, columns = []] of asked) {
    const place = columns.findIndex((name) => !names.includes(name));
    if (place < 0) continue;
    const details = { column: columns[place]!, dataset, columns: listed(names) };
    throw fail(code, details, { path: `${field}[${place}]` });
  }
}

const ROLES = [
  ['time', 'time.missing'],
  ['group', 'group.missing'],
  ['weight', 'weight.missing'],
] as const;

/** Columns that order, group or weigh the rows; those of a forecast are looked for with its series. */
function refuseRoles(
  asked: Extract<PipelineRunRequest, { kind: 'ship' | 'train' }>['ship'],
  { dataset, names }: { dataset: string; names: readonly string[] },
): void {
  if (forecastOptionsOf(asked) !== undefined) return;
  for (const [field, code] of ROLES) {
    const column = asked[field];
    if (column === undefined || names.includes(column)) continue;
    throw fail(code, { column, dataset, columns: listed(names) }, { path: field });
  }
}

function listed(names: readonly string[]): string[] {
  if (names.length <= NAMES_LISTED) return [...names];
  return [...names.slice(0, NAMES_LISTED), `and ${names.length - NAMES_LISTED} more`];
}

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.trim().toLowerCase();
}
