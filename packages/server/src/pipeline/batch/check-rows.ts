import type { Workspace } from '../../journey/ingest/index.ts';
import type { BatchSource } from './batch-source.ts';
import { checkColumn, isDoubtful, type Matched } from './wanted-columns.ts';

/**
 * Looks through all rows for what the model does not take, before any is predicted: it would be a pity to hear of it after
 * hours. Throws `predict.missing-column` and `predict.wrong-type` with the row.
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
    for (const file of files) {
      const { columns } = await workspace.columns([file.path], [column]);
      checkColumn(input, columns[0]!, first);
      first += file.rows;
    }
  }
}
