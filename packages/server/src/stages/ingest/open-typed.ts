import { fail, type IngestFinding } from '@slipway/contract';
import type { Lineage } from './model.ts';
import type { RawColumn, TableSource, Workspace } from './ports.ts';
import { refuseValues } from './refuse-values.ts';
import type { IngestLimits } from './settings.ts';
import { uniqueNames } from './sniff/column-names.ts';
import { indexFinding, isIndexName } from './sniff/index-column.ts';
import type { OpenSource } from './source-model.ts';

/** A source whose columns have types of their own. Throws `file.too-many-columns`. */
export function typedSource(
  table: TableSource,
  raw: readonly (RawColumn & { name: string; isMixed?: true })[],
  lineage: Lineage,
  limits: IngestLimits,
): Omit<OpenSource, 'linesOf' | 'form'> {
  if (raw.length > limits.maxColumns) {
    const { source: file } = lineage;
    throw fail('file.too-many-columns', { file, columns: raw.length, limit: limits.maxColumns });
  }
  const { names, findings } = uniqueNames(raw.map(({ name }) => name));
  const columns = raw.map(({ path, kind, isMixed }, i) => ({
    path,
    kind,
    name: names[i]!,
    sample: null,
    ...(isMixed && { isMixed }),
    ...(isIndexName(names[i]!) && kind === 'integer' ? { isIndex: true } : {}),
  }));
  const indexes = columns.filter(({ isIndex }) => isIndex).map(({ name }) => indexFinding(name));
  const nested = columns.filter(({ kind }) => kind === 'nested').map(({ name }) => name);
  return {
    table,
    columns,
    decimal: '.',
    lineage,
    findings: [...findings, ...indexes, ...listFindings(nested)],
  };
}

function listFindings(nested: readonly string[]): IngestFinding[] {
  if (nested.length === 0) return [];
  return [
    {
      code: 'lists-as-text',
      severity: 'warning',
      message: `Lists are kept as JSON text: ${nested.join(', ').slice(0, 500)}.`,
      count: nested.length,
    },
  ];
}

/** Throws `file.too-many-columns` and `file.too-many-values`. */
export async function parquetSource(
  workspace: Workspace,
  path: string,
  lineage: Lineage,
  limits: IngestLimits,
): Promise<OpenSource> {
  const table: TableSource = { format: 'parquet', path };
  const { source: file, sourceBytes: bytes } = lineage;
  refuseValues(await workspace.parquetOutline(path), { file, bytes, limits });
  const raw = await workspace.describe(table);
  const named = raw.map((column) => ({ ...column, name: column.path.join('.') }));
  const source = typedSource(table, named, lineage, limits);
  return { ...source, form: null, linesOf: async (rows) => rows.map(() => null) };
}
