import type { DatasetVersion, ModelVersion, Stores } from '../../metadata/index.ts';
import type { CandidateInput, ChampionRef, FormerLabels } from '../model.ts';

type Growth = Pick<CandidateInput, 'increments'> & { labelled: FormerLabels[] };

/** Rows that each version along the line of parents added, oldest first, and what each labelling was made on. */
export async function growthOf(
  stores: Stores,
  version: DatasetVersion,
): Promise<Pick<CandidateInput, 'increments' | 'labelled'>> {
  const { increments, labelled } = growthAlong(await lineOf(stores, version));
  return { increments, ...(labelled.length === 0 ? {} : { labelled }) };
}

function growthAlong(line: readonly DatasetVersion[]): Growth {
  const increments: number[] = [];
  const labelled: FormerLabels[] = [];
  let before: DatasetVersion | undefined;
  for (const one of line) {
    const { lineage, rows } = one.manifest;
    if (lineage.format === 'labels' && before !== undefined)
      labelled.push({ increments: increments.length, manifest: before.manifest });
    else if (lineage.format !== 'rollback') increments.push(rows - (before?.manifest.rows ?? 0));
    before = one;
  }
  return { increments, labelled };
}

/**
 * What `version` and the training of a model version have in common: the part of their lines that both share, so that rows which
 * were rolled back since count for neither. `known` is null when the model version was trained on another dataset, or that is
 * not known.
 */
export async function growthShared(
  stores: Stores,
  trained: ModelVersion,
  version: DatasetVersion,
): Promise<Required<Pick<ChampionRef, 'commonRows' | 'known'>>> {
  const then = await versionTrainedOn(stores, trained);
  if (then === undefined || then.dataset !== version.dataset) return { commonRows: 0, known: null };
  const [line, former] = [await lineOf(stores, version), await lineOf(stores, then)];
  const parted = line.findIndex((one, place) => former[place]?.manifestId !== one.manifestId);
  const shared = line.slice(0, parted < 0 ? line.length : parted);
  const { increments, labelled } = growthAlong(shared);
  return {
    commonRows: shared.at(-1)?.manifest.rows ?? 0,
    known: increments.length === 0 ? null : { increments: increments.length, labellings: labelled.length },
  };
}

/** The dataset version that a model version was trained on; undefined when that is not known, or it is gone. */
async function versionTrainedOn(
  stores: Stores,
  { model, runId, datasetVersion }: ModelVersion,
): Promise<DatasetVersion | undefined> {
  const run = runId === null ? undefined : await stores.runs.find(runId);
  const dataset = run === undefined ? (await stores.models.get(model)).dataset : run.dataset;
  const number = run === undefined ? datasetVersion : run.datasetVersion;
  if (dataset === null || number === null) return undefined;
  return (await stores.datasets.versions(dataset)).find((one) => one.version === number);
}

/** Whether a version's rows are among those of the newest version: false once they were rolled back. */
export async function isInUse(stores: Stores, dataset: string, version: number): Promise<boolean> {
  const latest = (await stores.datasets.find(dataset))?.latestVersion ?? 0;
  if (latest <= version) return true;
  const line = await lineOf(stores, await stores.datasets.version(dataset));
  return line.some((one) => one.version === version);
}

/** A version and its parents, oldest first. */
export async function lineOf(stores: Stores, version: DatasetVersion): Promise<DatasetVersion[]> {
  const byManifest = new Map(
    (await stores.datasets.versions(version.dataset)).map((one) => [one.manifestId, one]),
  );
  const line: DatasetVersion[] = [];
  for (let at: DatasetVersion | undefined = version; at !== undefined; ) {
    line.unshift(at);
    at = at.manifest.parent === null ? undefined : byManifest.get(at.manifest.parent);
  }
  return line;
}
