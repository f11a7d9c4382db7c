import { manifestId } from '../../stages/ingest/index.ts';
import { applyLabels } from '../../stages/label/index.ts';
import type { JobHandler } from './job-ports.ts';

/** Fills the labels that people agreed on into a new dataset version. */
export const labelApplyJob: JobHandler<'label-apply'> = async ({ queue, parent, labels }, ports, run) => {
  const { signal } = run;
  const { manifest, profile } = await applyLabels({ queue, parent: parent.manifest, labels, signal }, ports);
  return { manifest, profile, manifestId: manifestId(manifest) };
};
