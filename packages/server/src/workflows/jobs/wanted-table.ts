import type { IngestReport, ReadOptions } from '@slipway/contract';
import {
  type ExpectedTable,
  type FileToRead,
  ingestReport,
  openSource,
  type StoredAsWanted,
  storeAsWanted,
  type WantedColumn,
  type WantedTable,
  type Workspace,
} from '../../stages/ingest/index.ts';
import { type AnyManifest, takesTensors } from '../../stages/pack/index.ts';
import { modelColumns } from './model-columns.ts';

/** What a file of rows for a model is read by, and which of its columns the file must have. */
export type ModelRows = WantedTable & Pick<ExpectedTable, 'form'> & { required: readonly string[] };

/**
 * The columns of the dataset that a model was trained on, as the model keeps them: those it takes, which a file of rows must
 * have, and the others, which it may have. Throws `predict.takes-tensors`.
 */
export function modelRows(manifest: AnyManifest, endpoint: string): ModelRows {
  const inputs = modelColumns(manifest, endpoint);
  const required = inputs.map(({ name }) => name);
  if (takesTensors(manifest)) return { columns: inputs, required };
  const { others = [], missingWords, form } = manifest;
  return { columns: [...inputs, ...others], missingWords, form, required };
}

/**
 * Stores a file of rows for a model with the meaning that the training table gave its columns; every value must fit. Further
 * columns of the file are kept, read by their own values. Throws what {@link storeAsWanted} throws.
 */
export async function storeModelRows(
  workspace: Workspace,
  request: FileToRead,
  { columns, missingWords, form, required }: ModelRows,
): Promise<StoredAsWanted & { report: IngestReport }> {
  const { options = {}, fileName } = request;
  const source = await openSource(workspace, { ...request, expects: { columns, form } });
  const present = new Set(source.columns.map(({ name }) => name));
  const needed = new Set(required);
  const wanted = columns.filter(({ name }) => needed.has(name) || present.has(name));
  const stored = await storeAsWanted(
    workspace,
    source,
    { columns: wanted, missingWords },
    {
      file: fileName,
      options,
      mayLack: mayLack(wanted, options),
      maxUnreadableShare: 0,
      others: 'keep',
    },
  );
  const findings = [...source.findings, ...stored.findings];
  const report = ingestReport(source, { rows: stored.rows, columns: stored.columns.length, findings });
  return { ...stored, report };
}

function mayLack(wanted: readonly WantedColumn[], { allowMissing = [] }: ReadOptions): Set<string> {
  const names = new Set(wanted.map(({ name }) => name));
  return new Set(allowMissing.filter((name) => names.has(name)));
}
