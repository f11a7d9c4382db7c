import type { ReadOptions } from '@slipway/contract';
import type { Stores } from '../../metadata/index.ts';
import type { InspectFileInput, InspectPurpose } from '../model.ts';
import { modelOf } from './start-batch.ts';
import { servingEndpoint } from './start-jobs.ts';

/** At most one of `dataset`, `model` and `labelsOf`; without any the file would make a dataset. */
export type InspectAsk = {
  uploadId: string;
  read?: ReadOptions | undefined;
  limit: number;
  dataset?: string | undefined;
  model?: string | undefined;
  version?: number | undefined;
  labelsOf?: string | undefined;
};

/**
 * What a job of the kind `inspect-file` is given. Throws `upload.missing`, `dataset.missing`, `model.missing`, `model.version-missing`,
 * `endpoint.missing`, `endpoint.not-ready`.
 */
export async function inspectInput(stores: Stores, ask: InspectAsk): Promise<InspectFileInput> {
  const { sha256, filename } = await stores.uploads.get(ask.uploadId);
  const purpose = await purposeOf(stores, ask);
  const { limit, read } = ask;
  return { file: { sha256, filename }, purpose, limit, ...(read && { read }) };
}

async function purposeOf(
  stores: Stores,
  { dataset, model, version, labelsOf }: InspectAsk,
): Promise<InspectPurpose> {
  if (dataset !== undefined) {
    const { manifest } = await stores.datasets.version(dataset);
    return { kind: 'append', dataset, manifest };
  }
  if (model !== undefined) {
    const { bundleId } = await modelOf(stores, { model, version });
    return { kind: 'predict', name: model, bundleId };
  }
  if (labelsOf !== undefined) {
    const { endpoint, revision } = await servingEndpoint(stores, labelsOf);
    const { name, target } = endpoint;
    return { kind: 'labels', endpoint: name, target, bundleId: revision.bundleId };
  }
  return { kind: 'new-dataset' };
}
