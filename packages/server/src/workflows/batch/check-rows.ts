import type { Workspace } from '../../stages/ingest/index.ts';
import { readSlices } from '../jobs/table-slices.ts';
import type { BatchSource } from './batch-source.ts';
import { checkColumn, isDoubtful, type Matched } from './wanted-columns.ts';

/**
 * Looks through all rows for what the model does not take, before any is predicted, so that the batch fails at once and not
 * after hours. Memory does not grow with the rows. Throws `predict.missing-column` and `predict.wrong-type` with the row.
 */
export async function checkRows(
  workspace: Workspace,
  { files, rows }: BatchSource,
  matched: readonly Matched[],
): Promise<void> {
  const doubtful = matched.filter(isDoubtful);
  if (doubtful.length === 0) return;
  const paths = files.map(({ path }) => path);
  const present = await workspace.present(
    paths,
    doubtful.map(({ column }) => column),
  );
  for (const [i, { input, column }] of doubtful.entries()) {
    if (present[i] === rows && input.type === column.type) continue;
    let first = 0;
    for (const { path, rows: count } of files) {
      const slices = readSlices(workspace, { file: path, rows: count, columns: [column] });
      for await (const { table, first: from } of slices) checkColumn(input, table.columns[0]!, first + from);
      first += count;
    }
  }
}
