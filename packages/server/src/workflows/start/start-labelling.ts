import { fail, trimEndMarks } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import { isoTime } from '../../kernel/index.ts';
import type { DatasetVersion, Stores } from '../../metadata/index.ts';
import {
  consensusOf,
  holdsSameRows,
  type LabelQueue,
  labelsDigest,
  type TargetRequest,
  targetAnswers,
} from '../../stages/label/index.ts';
import type { LabelApplyInput, LabelOpenInput } from '../model.ts';
import { endpointName } from './names.ts';

export type OpenQueueAsk = TargetRequest &
  Pick<LabelQueue, 'overlap' | 'leaseSeconds' | 'relabel'> & {
    name?: string | undefined;
    version?: number | undefined;
    limit: number;
    columns?: readonly string[] | undefined;
    model?: string | undefined;
    modelVersion?: number | undefined;
    by: string;
    requestId: string;
  };

/**
 * Queues the opening of a labelling queue over a dataset version. Throws `dataset.missing`, `dataset.version-missing`,
 * `label.queue-exists`, `label.target-unfit`, `label.model-unfit`, `model.missing`, `model.version-missing`.
 */
export async function startLabelOpen(stores: Stores, ask: OpenQueueAsk, now: number): Promise<Job> {
  const version = await stores.datasets.version(ask.dataset, ask.version);
  const { answers, warnings } = targetAnswers(ask, {
    schema: version.manifest.schema,
    profile: version.profile,
  });
  const model = await doubtingModel(stores, ask);
  const queue: LabelQueue = {
    id: await queueName(stores, ask, answers.target),
    dataset: version.dataset,
    version: version.version,
    manifestId: version.manifestId,
    ...answers,
    overlap: ask.overlap,
    leaseSeconds: ask.leaseSeconds,
    orderedBy: model && { model: model.name, version: model.version },
    relabel: ask.relabel,
    state: 'open',
    applied: null,
    openedBy: ask.by,
    createdAt: isoTime(now),
  };
  const columns = shownColumns(ask, version, answers.target);
  const input: LabelOpenInput = {
    queue,
    manifest: version.manifest,
    columns,
    limit: ask.limit,
    warnings,
    bundleId: model?.bundleId ?? null,
  };
  const job = await stores.jobs.enqueue('label-open', input);
  await stores.audit.append({
    who: ask.by,
    what: 'labelling.open',
    subject: queue.id,
    requestId: ask.requestId,
    details: { dataset: queue.dataset, version: queue.version, target: queue.target },
  });
  return job;
}

/** The name asked for, or one of dataset and target that is free. */
async function queueName(stores: Stores, ask: OpenQueueAsk, target: string): Promise<string> {
  const taken = new Set((await stores.labelling.queues()).map(({ id }) => id));
  if (ask.name !== undefined) {
    if (taken.has(ask.name)) throw fail('label.queue-exists', { id: ask.name }, { path: 'name' });
    return ask.name;
  }
  const stem = endpointName(`${ask.dataset}-${target}`).slice(0, 58);
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${trimEndMarks(stem, '-')}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function shownColumns({ columns }: OpenQueueAsk, version: DatasetVersion, target: string): string[] | null {
  if (columns === undefined) return null;
  const known = version.manifest.schema.columns.map(({ name }) => name);
  return columns.map((name, index) => {
    if (known.includes(name) && name !== target) return name;
    const reason = name === target ? `${name} is what people fill in` : `there is no column ${name}`;
    throw fail('request.invalid', { reason }, { path: `columns[${index}]` });
  });
}

async function doubtingModel(stores: Stores, { model, modelVersion }: OpenQueueAsk) {
  if (model === undefined) return null;
  const { task } = await stores.models.get(model);
  if (task !== 'binary' && task !== 'multiclass') {
    throw fail('label.model-unfit', { model, reason: `its task is ${task}` }, { path: 'model' });
  }
  const champion = modelVersion === undefined ? await stores.models.aliased(model, 'champion') : undefined;
  const { version, bundleId } = champion ?? (await stores.models.version(model, modelVersion));
  return { name: model, version, bundleId };
}

/**
 * Queues the making of a dataset version out of the labels that people agreed on. Throws `label.queue-missing`,
 * `label.nothing-to-apply`, and `dataset.moved` when the rows of the newest version are no longer those of the queue.
 */
export async function startLabelApply(
  stores: Stores,
  ask: { queue: string; by: string; requestId: string },
): Promise<Job> {
  const queue = await stores.labelling.queue(ask.queue);
  const { agreed, undecided } = consensusOf({
    queue,
    tasks: await stores.labelling.tasks(queue.id),
    submissions: await stores.labelling.submissions(queue.id),
    reviews: await stores.labelling.reviews(queue.id),
  });
  const labels = agreed.map(({ row, label }) => ({ row, label }));
  if (labels.length === 0 || labelsDigest(labels).sha256 === queue.applied?.digest)
    throw fail('label.nothing-to-apply', { id: queue.id });
  const line = await stores.datasets.versions(queue.dataset);
  const latest = line.at(-1)!;
  if (!holdsSameRows(latest, queue.manifestId, line)) throw fail('dataset.moved', { name: queue.dataset });
  const parent = { manifest: latest.manifest, manifestId: latest.manifestId };
  const input: LabelApplyInput = { queue, parent, labels, undecided: undecided.length };
  const job = await stores.jobs.enqueue('label-apply', input);
  await stores.audit.append({
    who: ask.by,
    what: 'labelling.apply',
    subject: queue.id,
    requestId: ask.requestId,
    details: { rows: labels.length },
  });
  return job;
}
