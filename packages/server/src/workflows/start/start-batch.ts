import { fail, type ReadOptions } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type { Stores } from '../../metadata/index.ts';
import { specOf } from '../../stages/deploy/index.ts';
import type { BatchInput } from '../model.ts';
import { servingEndpoint } from './start-jobs.ts';

export type BatchAsk = Pick<BatchInput, 'format' | 'keep' | 'explain' | 'by' | 'callerId'> & {
  /** Of an endpoint, whose version answers, or of a model. */
  model: string;
  version?: number | undefined;
  uploadId?: string | undefined;
  dataset?: { name: string; version: number | 'latest' } | undefined;
  /** What the user says about the file. */
  read?: ReadOptions | undefined;
  requestId: string;
};

/**
 * Queues the prediction of a file or of a dataset version by a model version: the one told, that of the endpoint of this
 * name, or the model's champion, or its latest.
 *
 * Throws `model.missing`, `model.version-missing`, `upload.missing`, `dataset.missing`, `dataset.version-missing`,
 * `request.invalid` unless there is exactly one of file and dataset.
 */
export async function startBatch(stores: Stores, ask: BatchAsk): Promise<Job> {
  const { format, keep, explain, by, callerId, read } = ask;
  const model = await modelOf(stores, ask);
  const source = await sourceOf(stores, ask);
  const input: BatchInput = {
    model,
    source,
    format,
    keep,
    explain,
    by,
    callerId,
    ...(read && { read }),
  };
  const job = await stores.jobs.enqueue('batch', input);
  await stores.audit.append({
    who: by,
    what: 'batches.start',
    subject: job.id,
    requestId: ask.requestId,
    details: { model: model.name, version: model.version },
  });
  return job;
}

/** The model version told, that of the endpoint of this name, the model's champion, or its latest. */
export async function modelOf(
  stores: Stores,
  { model, version }: Pick<BatchAsk, 'model' | 'version'>,
): Promise<BatchInput['model']> {
  if (version === undefined && (await stores.endpoints.current(model)) !== undefined) {
    const { endpoint, revision } = await servingEndpoint(stores, model);
    const rowsIndependent = specOf(endpoint.model, revision).batching === 'on';
    return {
      name: endpoint.model,
      version: revision.modelVersion,
      bundleId: revision.bundleId,
      ...(rowsIndependent && { rowsIndependent }),
    };
  }
  const champion = version === undefined ? await stores.models.aliased(model, 'champion') : undefined;
  const found = champion ?? (await stores.models.version(model, version));
  return { name: model, version: found.version, bundleId: found.bundleId };
}

async function sourceOf(stores: Stores, { uploadId, dataset }: BatchAsk): Promise<BatchInput['source']> {
  if ((uploadId === undefined) === (dataset === undefined)) {
    const reason = 'give either uploadId or dataset';
    throw fail('request.invalid', { reason }, { path: uploadId === undefined ? 'uploadId' : 'dataset' });
  }
  if (dataset === undefined) {
    const { sha256, filename } = await stores.uploads.get(uploadId!);
    return { file: { sha256, filename } };
  }
  const asked = dataset.version === 'latest' ? undefined : dataset.version;
  const { version, manifest } = await stores.datasets.version(dataset.name, asked);
  return { dataset: dataset.name, version, manifest };
}
