import type { MonitoredModel } from '../../stages/monitor/index.ts';
import { type BundleManifest, heldOutOf, type ReferenceProfile } from '../../stages/pack/index.ts';
import { rowColumnsOf } from '../../stages/prepare/index.ts';
import { HEADLINE_METRIC, type ValidationReport } from '../../stages/validate/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { MonitorInput } from '../model.ts';

/** The model that answers at an endpoint, out of its bundle, with what validation found. */
export async function monitoredModel(
  input: MonitorInput,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<MonitoredModel> {
  const { files } = await ports.bundles.open(input.bundleId);
  const read = (file: 'slipway.json' | 'profile.json'): unknown =>
    JSON.parse(new TextDecoder().decode(files.get(file)!));
  const manifest = read('slipway.json') as BundleManifest;
  const { task, classes, decision } = manifest;
  // What became of a forecast is a number beside a number, as for regression.
  const measuredAs = (task === 'forecast' ? 'regression' : task) as MonitoredModel['task'];
  const holdout = (input.validation as ValidationReport | null)?.datasets[0];
  return {
    name: input.model,
    version: input.modelVersion,
    deployment: input.deployment,
    task: measuredAs,
    classes,
    threshold: decision.threshold,
    ...(decision.costMatrix && { costMatrix: decision.costMatrix }),
    profile: read('profile.json') as ReferenceProfile,
    columns: rowColumnsOf(manifest),
    // A forecast's bundle keeps none: its errors grow with the horizon, and those of single predictions are of all steps.
    heldOut: task === 'forecast' ? null : (heldOutOf(files) ?? null),
    // Another metric, such as one that was asked for or the scaled error of a forecast, is not the one that monitoring compares.
    holdout: holdout?.primary.metric === HEADLINE_METRIC[measuredAs] ? holdout.primary : null,
    reliability: holdout?.classification?.reliability ?? null,
  };
}
