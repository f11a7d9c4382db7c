import { Button } from '@mantine/core';
import type { Endpoint, MonitorReport } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { Alerts } from '../../parts/alerts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Empty, Panel } from '../../parts/page.tsx';
import { useAddress } from '../../parts/use-address.ts';
import { useSession } from '../../session/index.ts';
import { ReportView } from './report-view.tsx';
import { SchedulePanel } from './schedule-panel.tsx';

const REPORTS_SHOWN = 20;

/** How the traffic compares with what the model learnt from. */
export function MonitorPanel({ endpoint }: { endpoint: Endpoint }) {
  const reports = useOperation(
    'monitor.reports',
    { params: { name: endpoint.name }, query: { limit: REPORTS_SHOWN } },
    { again: () => livelyWhile(false) },
  );
  const look = useLook(endpoint.name);
  return (
    <>
      <Panel
        title="Alerts"
        actions={
          <Button size="xs" loading={look.isPending} onClick={() => look.mutate()}>
            Run now
          </Button>
        }
      >
        {look.error === null ? null : <ErrorNotice error={look.error} />}
        <Loaded query={reports}>{(answer) => <Alerts alerts={answer.alerts} />}</Loaded>
      </Panel>
      <SchedulePanel endpoint={endpoint} />
      <Loaded query={reports}>{(answer) => <Reports reports={answer.reports} />}</Loaded>
    </>
  );
}

/** Starts a look at the traffic so far and waits until it is done. */
function useLook(name: string) {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const job = await client.call['monitor.run']({ params: { name }, body: {} });
      return waitForJob(client, job.id);
    },
    onSettled: () => queries.invalidateQueries(),
  });
}

function Reports(props: { reports: readonly MonitorReport[] }) {
  const [asked, setAsked] = useAddress('report');
  const report = props.reports.find((each) => idOf(each) === asked) ?? props.reports[0];
  if (report === undefined) {
    return (
      <Empty title="No report yet.">
        <p>
          Monitoring runs on the endpoint’s schedule; a run can also be asked for above, once there was
          traffic.
        </p>
      </Empty>
    );
  }
  return (
    <Panel
      title="Report"
      about={<Moment at={report.createdAt} precise />}
      actions={
        <label>
          Another{' '}
          <select value={idOf(report)} onChange={(event) => setAsked(event.currentTarget.value)}>
            {props.reports.map((each) => (
              <option key={idOf(each)} value={idOf(each)}>
                {each.createdAt.slice(0, 19).replace('T', ' ')} UTC, {each.drifted ? 'drifted' : 'no drift'}
                {each.chosenDates === true ? ', chosen dates' : ''}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <ReportView report={report} />
    </Panel>
  );
}

/** A report has no id of its own; no two of an endpoint are made in the same millisecond. */
function idOf(report: MonitorReport): string {
  return String(Date.parse(report.createdAt));
}
