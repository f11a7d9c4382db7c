import { monitorEndpoint } from '../../journey/monitor/index.ts';
import { collectLabelledRows } from '../../journey/retrain/index.ts';
import type {
  Alert,
  Label,
  LabelFilter,
  MonitorReport,
  NewAlert,
  NewMonitorReport,
} from '../../ledger/index.ts';
import type { MonitorInput, MonitorOutput } from '../model.ts';
import { monitoredModel } from '../monitored-model.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';

/**
 * Looks at a window of traffic beside the control plane. What it would write (the report, alerts raised and resolved)
 * comes back as output and is written by the control plane in the transaction that completes the job.
 */
export const monitorJob: JobHandler<'monitor'> = async (input, ports) => {
  const labels = await labelsOf(input.labels, ports);
  const written: MonitorOutput = { report: null, raised: [], resolved: [], signals: null, fresh: null };
  const { signals } = await monitorEndpoint(
    { endpoint: input.endpoint, ...(input.window === null ? {} : { window: input.window }) },
    {
      models: { current: () => monitoredModel(input, ports) },
      log: ports.predictions,
      labels: { list: async (_, filter) => chosen(labels, filter) },
      reports: {
        list: async () => input.recentReports,
        add: async (report) => storedReport(written, report),
      },
      alerts: {
        raise: async (alert) => ({
          alert: raised(written, alert),
          opened: !input.openAlerts.some((one) => one.key === alert.key),
        }),
        resolve: async (_, key) => {
          written.resolved.push(key);
          return input.openAlerts.find((one) => one.key === key);
        },
        list: async () => input.openAlerts,
      },
      clock: ports.clock,
    },
  );
  return { ...written, signals, fresh: await freshRows(input, labels, ports) };
};

/** The rows for a retraining by policy, as NDJSON. */
async function freshRows(
  { endpoint, gather }: MonitorInput,
  labels: ReadonlyMap<string, Label>,
  ports: JobPorts,
): Promise<MonitorOutput['fresh']> {
  if (gather === null) return null;
  const asked = { endpoint, ...gather };
  const found = collectLabelledRows(asked, {
    log: ports.predictions,
    labels: { list: async (_, filter) => chosen(labels, filter) },
  });
  let rows = 0;
  const lines = async function* () {
    for await (const part of found) {
      rows += part.rows.length;
      yield new TextEncoder().encode(part.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  };
  const { sha256 } = await ports.objects.put(lines());
  return { sha256, rows };
}

async function labelsOf(sha256: string | null, ports: JobPorts): Promise<Map<string, Label>> {
  if (sha256 === null) return new Map();
  const text = new TextDecoder().decode(await ports.objects.get(sha256));
  const labels = text.split('\n').filter((line) => line !== '');
  return new Map(labels.map((line) => JSON.parse(line) as Label).map((label) => [label.predictionId, label]));
}

function chosen(labels: ReadonlyMap<string, Label>, filter: LabelFilter = {}): Label[] {
  if (filter.predictionIds === undefined) return [...labels.values()];
  return filter.predictionIds.flatMap((id) => labels.get(id) ?? []);
}

function storedReport(written: MonitorOutput, report: NewMonitorReport): MonitorReport {
  written.report = report;
  return { deployment: null, ...report, id: 'pending', createdAt: new Date(0).toISOString() };
}

function raised(written: MonitorOutput, alert: NewAlert): Alert {
  written.raised.push(alert);
  const never = new Date(0).toISOString();
  return {
    version: null,
    resolution: null,
    ...alert,
    id: 'pending',
    state: 'open',
    times: 1,
    firstSeenAt: never,
    lastSeenAt: never,
    resolvedAt: null,
  };
}
