import type { Status } from '@slipway/contract';
import { useOperation } from '../../data/index.ts';
import { Alerts } from '../../parts/alerts.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import type { StateName } from '../../parts/states.ts';
import { formatBytes, formatNumber } from '../../words/index.ts';

const AGAIN_MS = 5_000;

/** What runs, and what it takes. */
export function StatusPanel() {
  const status = useOperation('system.status', {}, { again: () => AGAIN_MS });
  return (
    <Loaded query={status}>
      {(answer) => (
        <>
          <Panel title="Platform">
            <Facts
              entries={[
                { name: 'Version', value: answer.version },
                { name: 'Running since', value: <Moment at={answer.startedAt} /> },
                { name: 'Database', value: answer.database },
                { name: 'Data folder', value: <code>{answer.dataFolder}</code> },
                {
                  name: 'Data plane',
                  value: <StateMark state={answer.inference.ready ? 'ready' : 'failed'} />,
                },
                { name: 'Data plane at', value: answer.inference.url },
              ]}
            />
          </Panel>
          <Panel title="Processes" about={`${formatBytes(memoryOf(answer))} together`}>
            <DataTable
              caption="Processes"
              rows={answer.processes}
              rowKey={(process) => String(process.pid)}
              columns={[
                { id: 'name', title: 'Process', show: (process) => process.name },
                { id: 'pid', title: 'Process id', end: true, show: (process) => process.pid },
                { id: 'rss', title: 'Memory', end: true, show: (process) => formatBytes(process.rssBytes) },
              ]}
            />
          </Panel>
          <Panel title="Jobs">
            <Facts
              entries={Object.entries(answer.jobs).map(([state, count]) => ({
                name: state,
                value: <StateMark state={state as StateName}>{formatNumber(count)}</StateMark>,
              }))}
            />
          </Panel>
          <Panel title="Open alerts">
            <Alerts alerts={answer.alerts} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}

function memoryOf(status: Status): number {
  return status.processes.reduce((sum, process) => sum + process.rssBytes, 0);
}
