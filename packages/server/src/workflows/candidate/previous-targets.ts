import { readTable } from '../../stages/ingest/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput } from '../model.ts';
import type { FormerTarget } from './split-increments.ts';

/** The target's column as it was before each labelling; one that the dataset did not have yet is missing in every row. */
export async function formerTargets(
  { labelled = [], target }: CandidateInput,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<FormerTarget[]> {
  const former: FormerTarget[] = [];
  for (const { increments, manifest } of labelled) {
    const known = manifest.schema.columns.find(
      ({ name }) => name.toLowerCase() === target.trim().toLowerCase(),
    );
    const columns = known === undefined ? [] : [known.name];
    const table = known && (await readTable(manifest, ports, { columns, signal, target }));
    former.push({ increments, column: table?.columns[0] });
  }
  return former;
}
