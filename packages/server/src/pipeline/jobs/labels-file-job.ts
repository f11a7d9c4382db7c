import { fail } from '@slipway/contract';
import { columnNamed, ingestFile, readTable } from '../../journey/ingest/index.ts';
import { unknownPredictions } from '../unknown-predictions.ts';
import { cellText } from './cells.ts';
import type { JobHandler } from './job-ports.ts';

/**
 * Reads labels from a file with the columns `id` (of the prediction) and `value`; or, as in a file that was predicted,
 * `prediction_id` and the target's own. Rows without a value are left out.
 */
export const labelsFileJob: JobHandler<'labels-file'> = async (input, ports, { signal }) => {
  const file = await ports.objects.localPath(input.file.sha256);
  const { manifest } = await ingestFile(
    { file, fileName: input.file.filename, limits: ports.limits, signal },
    ports,
  );
  const names = manifest.schema.columns.map((column) => column.name);
  const firstOf = (...wanted: (string | undefined)[]) => {
    const found = wanted.find((name) => name !== undefined && names.includes(name));
    if (found !== undefined) return found;
    const column = wanted.at(-1)!;
    throw fail(
      'labels.column-missing',
      { file: input.file.filename, column, columns: names },
      { path: column },
    );
  };
  const [idName, valueName] = [firstOf('prediction_id', 'id'), firstOf(input.target, 'value')];
  const table = await readTable(manifest, ports, { columns: [idName, valueName], signal });
  const [ids, values] = [columnNamed(table, idName)!, columnNamed(table, valueName)!];
  const labels = Array.from({ length: table.rows }, (_, row) => ({
    id: cellText(ids, row),
    value: cellText(values, row),
  }));
  const told = labels.filter(
    (label): label is { id: string; value: string } => label.id !== null && label.value !== null,
  );
  const named = told.map(({ id }) => id);
  const unknown = await unknownPredictions(ports.predictions, input.endpoint, named);
  return { labels: told, unknown: unknown! };
};
