import type { MonitoredModel } from '../journey/monitor/index.ts';
import { type BundleManifest, heldOutOf, type ReferenceProfile } from '../journey/pack/index.ts';
import { rowColumnsOf } from '../journey/prepare/index.ts';
import type { ValidationReport } from '../journey/validate/index.ts';
import type { JobPorts } from './jobs/job-ports.ts';
import type { MonitorInput } from './model.ts';

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
  const holdout = (input.validation as ValidationReport | null)?.datasets[0];
  return {
    name: input.model,
    version: input.modelVersion,
    deployment: input.deployment,
    // What became of a forecast is a number beside a number, as for regression.
    task: (task === 'forecast' ? 'regression' : task) as MonitoredModel['task'],
    classes,
    threshold: decision.threshold,
    profile: read('profile.json') as ReferenceProfile,
    columns: rowColumnsOf(manifest),
    // A forecast's bundle keeps none: its errors grow with the horizon, and those of single predictions are of all steps.
    heldOut: task === 'forecast' ? null : (heldOutOf(files) ?? null),
    // The scaled error of a forecast is none of the measures of single predictions.
    holdout: holdout === undefined || task === 'forecast' ? null : holdout.primary,
    reliability: holdout?.classification?.reliability ?? null,
  };
}
