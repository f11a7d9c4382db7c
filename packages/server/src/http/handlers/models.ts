import { ownValue } from '@slipway/contract';
import type { Model, ModelVersion, Stores } from '../../metadata/index.ts';
import type { ExampleInput } from '../../stages/pack/index.ts';
import { renderLaterValidations } from '../../stages/validate/index.ts';
import { startImport, startOptimize, startValidation, validationOf } from '../../workflows/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { demand } from './demand.ts';
import { jobView, modelValidationView, modelVersionView, tensorsOf } from './views.ts';

type ModelHandlers = Pick<
  Handlers,
  'models.import' | 'models.optimize' | 'models.validate' | 'models.list' | 'models.get' | 'models.version'
>;

export function modelHandlers(app: App): ModelHandlers {
  const { models } = app.database.stores;
  const { stores } = app.database;
  return {
    'models.import': async ({ body }, { caller, requestId }) => {
      const example = body.example as ExampleInput | undefined;
      const ask = { ...body, example, by: caller!.name, requestId };
      const job = await startImport(app.database, ask);
      app.pipelineRuns.wakeWorkers();
      return jobView(job);
    },
    'models.optimize': async ({ params, body }, { caller, requestId }) => {
      const { version, on, calibration, target, ...wish } = body;
      if ([on, calibration].some((data) => data !== undefined && 'dataset' in data))
        demand(caller!, 'datasets:read');
      const ask = { ...wish, model: params.name, version, on, calibration, target };
      const job = await startOptimize(app.database, { ...ask, by: caller!.name, requestId });
      app.pipelineRuns.wakeWorkers();
      return jobView(job);
    },
    'models.validate': async ({ params, body }, { caller, requestId }) => {
      demand(caller!, 'datasets:read');
      const ask = { ...body, model: params.name, version: body.version, target: body.target };
      const job = await startValidation(app.database, { ...ask, by: caller!.name, requestId });
      app.pipelineRuns.wakeWorkers();
      return jobView(job);
    },
    'models.list': async () => {
      const all = await models.list();
      return {
        models: await Promise.all(
          all.map(async (model) =>
            summaryOf(model, await models.aliased(model.name, 'champion'), await models.version(model.name)),
          ),
        ),
      };
    },
    'models.get': async ({ params }) => {
      const model = await models.get(params.name);
      const versions = await models.versions(model.name);
      const aliases = await models.aliases(model.name);
      const champion = await models.aliased(model.name, 'champion');
      return {
        ...summaryOf(model, champion, versions[0]!),
        versions: versions.map((version) => modelVersionView(version, aliases, model.dataset)),
        validations: (await models.validations(model.name)).map((one) => {
          const { report: _, ...told } = modelValidationView(one);
          return told;
        }),
      };
    },
    'models.version': async ({ params }) => {
      const model = await models.get(params.name);
      const version = await models.version(model.name, params.version);
      const validations = (await models.validations(model.name, version.version)).map(modelValidationView);
      const card = await app.bundles.card(version.bundleId);
      return {
        ...modelVersionView(version, await models.aliases(model.name), model.dataset),
        card: `${card}${renderLaterValidations(validations)}`,
        tensors: tensorsOf(await app.bundles.manifest(version.bundleId)),
        ...(await reportAndSource(stores, version)),
        validations,
      };
    },
  };
}

function summaryOf(model: Model, champion: ModelVersion | undefined, latest: ModelVersion) {
  const shown = champion ?? latest;
  return {
    name: model.name,
    task: model.task,
    target: model.target,
    versions: model.latestVersion,
    champion: champion?.version ?? null,
    primaryMetric: shown.primaryMetric,
    primaryValue: ownValue(shown.metrics, shown.primaryMetric) ?? null,
    createdAt: model.createdAt,
  };
}

/** The report of the hold-out. A version that optimize made is of the run of its source, and that run's report is of the source. */
async function reportAndSource(stores: Stores, version: ModelVersion) {
  const report = await validationOf(stores, version.model, version.version);
  if (report === null) return { report, reportOf: null };
  const ofRun = (await stores.models.versions(version.model)).filter(({ runId }) => runId === version.runId);
  return { report, reportOf: Math.min(...ofRun.map((one) => one.version)) };
}
