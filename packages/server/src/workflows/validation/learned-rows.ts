import { isFailure } from '@slipway/contract';
import { readTable, type Table, takeRows } from '../../stages/ingest/index.ts';
import { type BundleFiles, heldOutOf, isRefitted } from '../../stages/pack/index.ts';
import {
  encodeTarget,
  missingWordsOf,
  type Preparation,
  type TargetVector,
  withWordsMissing,
} from '../../stages/prepare/index.ts';
import { prepareRows } from '../candidate/prepare-rows.ts';
import { formerTargets } from '../candidate/previous-targets.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput } from '../model.ts';

/** The rows that a version learned from, or why they cannot be told. */
export type LearnedRows = { table: Table; target: TargetVector } | { unknown: string };

/**
 * The rows that a version learned from: of a refitted one those of both sides of its split, else those that its split left to
 * training. Not known where the training was not recorded or its dataset is no longer in the lake.
 */
export async function learnedRows(
  trained: CandidateInput | null,
  { files, preparation }: { files: BundleFiles; preparation: Preparation },
  ports: JobPorts,
  signal: AbortSignal,
): Promise<LearnedRows> {
  if (trained === null) return { unknown: 'its training was not recorded' };
  try {
    const table = await readTable(trained.manifest, ports, { signal, target: trained.target });
    if (isRefitted(heldOutOf(files))) return withTarget(table, preparation);
    const former = await formerTargets(trained, ports, signal);
    const { value } = await prepareRows(table, trained, former);
    return withTarget(value.train.table, preparation);
  } catch (error) {
    const isGone = isFailure(error, 'object.missing') || isFailure(error, 'object.corrupt');
    if (!isGone) throw error;
    return { unknown: `${trained.dataset}@${trained.datasetVersion} is no longer in the lake` };
  }
}

function withTarget(stored: Table, preparation: Preparation): LearnedRows {
  const whole = withWordsMissing(stored, missingWordsOf(preparation), preparation.target);
  const encoded = encodeTarget(preparation, whole);
  const known = Int32Array.from(encoded.keys()).filter((row) => !Number.isNaN(encoded[row]!));
  if (known.length === 0) return { unknown: 'no row of its training has a target that it knows' };
  const table = known.length === whole.rows ? whole : takeRows(whole, known);
  return { table, target: encodeTarget(preparation, table) };
}
