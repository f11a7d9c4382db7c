import type { Stores } from '../../../metadata/index.ts';
import type { Session } from '../session.ts';
import { alertStore } from './alerts.ts';
import { auditLog } from './audit.ts';
import { datasetStore } from './datasets.ts';
import { endpointStore } from './endpoints.ts';
import { jobQueue } from './jobs.ts';
import { keyStore } from './keys.ts';
import { labelledRowStore } from './labelled-rows.ts';
import { labellingStore } from './labelling.ts';
import { labelStore } from './labels.ts';
import { modelRegistry } from './models.ts';
import { monitoringRunStore } from './monitoring-runs.ts';
import { outbox } from './outbox.ts';
import { pipelineRunStore } from './pipeline-runs.ts';
import { reportStore } from './reports.ts';
import { rolloutStore } from './rollouts.ts';
import { runStore } from './runs.ts';
import { uploadStore } from './uploads.ts';

export function storesOver(session: Session): Stores {
  return {
    uploads: uploadStore(session),
    datasets: datasetStore(session),
    runs: runStore(session),
    models: modelRegistry(session),
    endpoints: endpointStore(session),
    rollouts: rolloutStore(session),
    labels: labelStore(session),
    labelledRows: labelledRowStore(session),
    labelling: labellingStore(session),
    reports: reportStore(session),
    monitoringRuns: monitoringRunStore(session),
    alerts: alertStore(session),
    outbox: outbox(session),
    audit: auditLog(session),
    keys: keyStore(session),
    jobs: jobQueue(session),
    pipelineRuns: pipelineRunStore(session),
  };
}
