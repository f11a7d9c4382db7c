import { fail } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type { Database, ModelVersion, Stores } from '../../metadata/index.ts';
import type { ExampleInput, ImportedTask } from '../../stages/pack/index.ts';
import { GRAPH_LEARNER } from '../graph/graph-versions.ts';
import type { ImportModelInput, ImportModelOutput } from '../model.ts';

export type ImportAsk = {
  name: string;
  uploadId: string;
  task: ImportedTask;
  labels: string[];
  labelOutput?: string | undefined;
  example: ExampleInput | undefined;
  by: string;
  requestId: string;
};

/** Queues the import of an uploaded model. Throws `upload.missing` and `model.exists`. */
export async function startImport(database: Database, ask: ImportAsk): Promise<Job> {
  const { name, task, labels, labelOutput, example } = ask;
  return database.transaction(async (stores) => {
    const { sha256, filename, bytes } = await stores.uploads.get(ask.uploadId);
    await refuseOtherKind(stores, { name, task });
    const file = { sha256, filename, bytes };
    const input: ImportModelInput = {
      ...{ name, file, task, classes: labels },
      ...(labelOutput !== undefined && { labelOutput }),
      ...(example && { example }),
    };
    const details = { file: sha256, task };
    const { by: who, requestId } = ask;
    await stores.audit.append({ who, what: 'models.import', subject: name, requestId, details });
    return stores.jobs.enqueue('import-model', input);
  });
}

/** What follows when a model has been imported, in the transaction that completes the job. Throws `model.exists`. */
export async function afterImport(
  stores: Stores,
  { name, task }: ImportModelInput,
  { bundleId, bytes, target }: ImportModelOutput,
): Promise<ModelVersion> {
  await stores.models.ensure({ name, task, target, dataset: null });
  await refuseOtherKind(stores, { name, task });
  return stores.models.addVersion(name, {
    bundleId,
    bytes,
    runId: null,
    datasetVersion: null,
    learner: 'onnx',
    metrics: {},
    primaryMetric: '',
    gates: [],
  });
}

/** The versions of a model are of one kind, since one endpoint goes from one to the next. */
async function refuseOtherKind(
  { models }: Stores,
  { name, task }: Pick<ImportModelInput, 'name' | 'task'>,
): Promise<void> {
  const model = await models.find(name);
  if (model === undefined) return;
  const [newest] = await models.versions(name);
  const reason =
    model.dataset !== null
      ? 'it is trained here'
      : newest?.learner === GRAPH_LEARNER
        ? 'its versions are inference graphs'
        : model.task !== task
          ? `its task is ${model.task}`
          : undefined;
  if (reason !== undefined) throw fail('model.exists', { name, reason }, { path: 'name' });
}
