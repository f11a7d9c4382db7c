import { monitorEndpoint } from '../../journey/monitor/index.ts';
import { type CollectPorts, collectLabelledRows } from '../../journey/retrain/index.ts';
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
import { windowOfPredictions } from '../window-of-predictions.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';
import { labelPages } from './label-pages.ts';

/**
 * Looks at a window of traffic beside the control plane. What it would write (the report, alerts raised and resolved)
 * comes back as output and is written by the control plane in the transaction that completes the job.
 */
export const monitorJob: JobHandler<'monitor'> = async (input, ports) => {
  const written: MonitorOutput = { report: null, raised: [], resolved: [], signals: null, fresh: null };
  const { signals } = await monitorEndpoint(
    {
      endpoint: input.endpoint,
      ...(input.window === null ? {} : { window: input.window }),
      ...(input.labelDays === undefined ? {} : { options: { labelDays: input.labelDays } }),
    },
    {
      models: { current: () => monitoredModel(input, ports) },
      log: ports.predictions,
      labels: { pages: () => labelPages(ports.objects, input.labels) },
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
  return { ...written, signals, fresh: await freshRows(input, ports) };
};

/** Labels held at a time, each part of which costs one pass over the days of the log that it names. */
const LABELS_AT_ONCE = 200_000;

/** The rows for a retraining by policy, as NDJSON. */
async function freshRows(
  { endpoint, gather }: MonitorInput,
  ports: JobPorts,
): Promise<MonitorOutput['fresh']> {
  if (gather === null) return null;
  const asked = { endpoint, ...gather };
  let rows = 0;
  const lines = async function* () {
    for await (const labels of labelPages(ports.objects, gather.labels, LABELS_AT_ONCE)) {
      for await (const part of collectLabelledRows(asked, partOf(labels, ports))) {
        rows += part.rows.length;
        yield new TextEncoder().encode(part.rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      }
    }
  };
  const { sha256 } = await ports.objects.put(lines());
  return { sha256, rows };
}

/** These labels, and the part of the log that holds their predictions. */
function partOf(labels: readonly Label[], { predictions }: JobPorts): CollectPorts {
  const byId = new Map(labels.map((label) => [label.predictionId, label]));
  const window = windowOfPredictions(byId.keys()) ?? {};
  return {
    log: { read: (endpoint) => predictions.read(endpoint, window) },
    labels: { list: async (_, filter) => chosen(byId, filter) },
  };
}

function chosen(labels: ReadonlyMap<string, Label>, { predictionIds = [] }: LabelFilter = {}): Label[] {
  return predictionIds.flatMap((id) => labels.get(id) ?? []);
}

function storedReport(written: MonitorOutput, report: NewMonitorReport): MonitorReport {
  written.report = report;
  return { ...report, id: 'pending', createdAt: new Date(0).toISOString() };
}

function raised(written: MonitorOutput, alert: NewAlert): Alert {
  written.raised.push(alert);
  const never = new Date(0).toISOString();
  return {
    ...alert,
    id: 'pending',
    state: 'open',
    times: 1,
    firstSeenAt: never,
    lastSeenAt: never,
    resolvedAt: null,
  };
}
