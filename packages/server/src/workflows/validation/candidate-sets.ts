import type { Table } from '../../stages/ingest/index.ts';
import type { Preparation, TargetVector } from '../../stages/prepare/index.ts';
import type { SetOrigin } from '../../stages/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateSet } from '../model.ts';
import { overlapWith } from './overlap.ts';
import { readSet } from './read-set.ts';
import { setNotes } from './set-notes.ts';

/** A further set of a candidate, read: rows that are measured and never trained on. */
export type SetRows = {
  name: string;
  table: Table;
  target: TargetVector;
  origin: SetOrigin;
  overlapping: Uint8Array | undefined;
};

/** Reads the further sets as the training table was, before the search begins. Throws `validation.unfit`. */
export async function candidateSets(
  sets: readonly CandidateSet[] = [],
  { preparation, training }: { preparation: Preparation; training: Table },
  ports: Pick<JobPorts, 'objects' | 'tables' | 'limits'>,
  signal: AbortSignal,
): Promise<SetRows[]> {
  const read: SetRows[] = [];
  for (const { set, dataset, version, manifest } of sets) {
    const { table, target, leftOut } = await readSet({ dataset, manifest }, preparation, ports, signal);
    const found = overlapWith(table, [training]);
    const overlap = found && { rows: found.rows, columns: found.columns };
    const facts = { dataset, version, leftOut, overlap };
    const notes = setNotes({ ...facts, target: preparation.target, rows: table.rows });
    read.push({
      name: set,
      table,
      target,
      origin: { ...facts, notes },
      overlapping: found?.overlapping,
    });
  }
  return read;
}
