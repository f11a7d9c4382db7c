import type { MonitoredModel } from '../journey/monitor/index.ts';
import { decodeEngineFile, type ReferenceProfile } from '../journey/pack/index.ts';
import type { ValidationReport } from '../journey/validate/index.ts';
import type { JobPorts } from './jobs/job-ports.ts';
import type { MonitorInput } from './model.ts';

/** The model that answers at an endpoint, out of its bundle, with what validation found. */
export async function monitoredModel(
  input: MonitorInput,
  ports: Pick<JobPorts, 'bundles'>,
): Promise<MonitoredModel> {
  const { files } = await ports.bundles.open(input.bundleId);
  const engine = decodeEngineFile(files.get('trees.json')!);
  const profile = JSON.parse(new TextDecoder().decode(files.get('profile.json')!)) as ReferenceProfile;
  const holdout = (input.validation as ValidationReport | null)?.datasets[0];
  return {
    name: input.model,
    version: input.modelVersion,
    task: engine.preparation.task as MonitoredModel['task'],
    classes: engine.preparation.classes,
    threshold: engine.decision.threshold,
    profile,
    holdout: holdout === undefined ? null : holdout.primary,
    reliability: holdout?.classification?.reliability ?? null,
  };
}
