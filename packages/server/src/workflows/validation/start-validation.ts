import { fail, type GateCondition, type ValidationSet } from '@slipway/contract';
import type { Job } from '../../execution/index.ts';
import type { Database, Stores } from '../../metadata/index.ts';
import { refuseGraph } from '../graph/graph-versions.ts';
import type { ValidateModelInput, ValidateModelOutput } from '../model.ts';
import { trainingOf } from '../pipeline-runs/queue-candidate.ts';
import { refuseGateMetrics } from './gate-metrics.ts';
import { refuseForForecast, refuseGateColumns } from './settle-validation.ts';

export type ValidateAsk = {
  model: string;
  version: number | undefined;
  dataset: ValidationSet;
  target: string | undefined;
  gates: GateCondition[];
  by: string;
  requestId: string;
};

/**
 * Queues the measurement of a version on a dataset. Throws `model.missing`, `model.version-missing`, `dataset.missing`,
 * `dataset.version-missing`, `gate.*`, and `validation.unfit` for a target that is not the model's, and `operation.not-yet` for gates on parts of a forecast's steps.
 */
export async function startValidation(database: Database, ask: ValidateAsk): Promise<Job> {
  return database.transaction(async (stores) => {
    const model = await stores.models.get(ask.model);
    const version = await stores.models.version(ask.model, ask.version);
    refuseGraph(
      version,
      'is not measured on a dataset itself; predict the rows as a batch and compare the answers',
    );
    const { name, version: asked } = ask.dataset;
    const set = await stores.datasets.version(name, asked === 'latest' ? undefined : asked);
    const { dataset, manifest } = set;
    const unfit = (reason: string) => fail('validation.unfit', { dataset, reason }, { path: 'dataset' });
    if (model.task === 'tensor')
      throw unfit(
        'what the model predicts was not said; import it with --task binary, multiclass or regression',
      );
    const isTrained = model.dataset !== null;
    if (isTrained && ask.target !== undefined && ask.target.toLowerCase() !== model.target.toLowerCase())
      throw unfit(`the model predicts ${model.target}, not ${ask.target}`);
    const target = isTrained ? model.target : (ask.target ?? null);
    if (target !== null && !manifest.schema.columns.some((one) => isNamed(one.name, target)))
      throw unfit(`it has no column ${target}, the target`);
    if (model.task === 'forecast') refuseForForecast(ask.gates);
    refuseGateMetrics(ask.gates, model.task);
    refuseGateColumns(ask.gates, { dataset, schema: manifest.schema, target: target ?? '' });
    const champion = await stores.models.aliased(model.name, 'champion');
    const input: ValidateModelInput = {
      model: model.name,
      version: version.version,
      bundleId: version.bundleId,
      dataset,
      datasetVersion: set.version,
      manifest,
      target,
      gates: ask.gates,
      trained: (await trainingOf(stores, version)) ?? null,
      champion:
        champion === undefined || champion.version === version.version
          ? null
          : { bundleId: champion.bundleId, version: champion.version },
      by: ask.by,
    };
    await stores.audit.append({
      who: ask.by,
      what: 'models.validate',
      subject: model.name,
      requestId: ask.requestId,
      details: { version: version.version, dataset, datasetVersion: set.version },
    });
    return stores.jobs.enqueue('validate-model', input);
  });
}

function isNamed(name: string, target: string): boolean {
  return name.toLowerCase() === target.toLowerCase();
}

/** Keeps the report with the version, in the transaction that completes the job. */
export async function afterValidation(
  stores: Stores,
  { by }: ValidateModelInput,
  { model, version, dataset, datasetVersion, gates, says, report }: ValidateModelOutput,
): Promise<void> {
  await stores.models.addValidation({ model, version, dataset, datasetVersion, by, gates, says, report });
}
