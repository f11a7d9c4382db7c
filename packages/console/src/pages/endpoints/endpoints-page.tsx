import { Link } from '@tanstack/react-router';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Empty, PageHead } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber } from '../../words/index.ts';

/** Everything that answers requests. */
export function EndpointsPage() {
  const endpoints = useOperation('endpoints.list', {}, { again: () => livelyWhile(false) });
  return (
    <>
      <PageHead title="Endpoints" about="Models that answer." />
      <Loaded query={endpoints}>
        {(answer) =>
          answer.endpoints.length === 0 ? (
            <Empty title="No endpoint yet.">
              <p>A pipeline run that passes its gates ends in one:</p>
              <Command text="npx slipway ship customers.csv --target churned" />
            </Empty>
          ) : (
            <DataTable
              caption="Endpoints"
              rows={answer.endpoints}
              rowKey={(endpoint) => endpoint.name}
              columns={[
                {
                  id: 'name',
                  title: 'Endpoint',
                  show: (endpoint) => (
                    <Link to="/endpoints/$name" params={{ name: endpoint.name }}>
                      {endpoint.name}
                    </Link>
                  ),
                },
                { id: 'state', title: 'State', show: (endpoint) => <StateMark state={endpoint.state} /> },
                { id: 'version', title: 'Model', show: (e) => `${e.model} version ${e.version}` },
                { id: 'target', title: 'Predicts', show: (e) => `${e.target} (${e.task})` },
                {
                  id: 'predictions',
                  title: 'Predictions since start',
                  end: true,
                  show: (endpoint) => formatNumber(endpoint.predictions),
                },
                { id: 'updated', title: 'Changed', show: (endpoint) => <Moment at={endpoint.updatedAt} /> },
              ]}
            />
          )
        }
      </Loaded>
    </>
  );
}
