import type { LabelQueue } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { livelyWhile, useOperation } from '../../data/index.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Empty, PageHead, Stack } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { formatNumber } from '../../words/index.ts';
import { NewQueue } from './new-queue.tsx';

/** Labelling queues: people fill in rows without a label. */
export function LabelQueuesPage() {
  const queues = useOperation('labelling.list', {}, { again: () => livelyWhile(false) });
  return (
    <Stack>
      <PageHead title="Labelling" about="Labelling queues: people fill in rows without a label." />
      <Loaded query={queues}>
        {(answer) =>
          answer.queues.length === 0 ? (
            <Empty title="No queue yet.">
              <p>A queue is made of the rows of a dataset whose target is missing.</p>
            </Empty>
          ) : (
            <QueuesTable queues={answer.queues} />
          )
        }
      </Loaded>
      <NewQueue />
    </Stack>
  );
}

function QueuesTable(props: { queues: readonly LabelQueue[] }) {
  return (
    <DataTable
      caption="Labelling queues"
      rows={props.queues}
      rowKey={(queue) => queue.name}
      columns={[
        {
          id: 'name',
          title: 'Queue',
          show: ({ name }) => (
            <Link to="/label/$queue" params={{ queue: name }}>
              {name}
            </Link>
          ),
        },
        { id: 'state', title: 'State', show: ({ state }) => <StateMark state={state} /> },
        {
          id: 'dataset',
          title: 'Dataset',
          show: ({ dataset, version }) => (
            <Link to="/datasets/$name" params={{ name: dataset }} search={{ version: String(version) }}>
              {dataset} v{version}
            </Link>
          ),
        },
        { id: 'target', title: 'Target', show: ({ target }) => target },
        { id: 'rows', title: 'Rows', end: true, show: ({ progress }) => formatNumber(progress.tasks) },
        { id: 'done', title: 'Done', end: true, show: ({ progress }) => formatNumber(progress.done) },
        { id: 'overlap', title: 'People a row', end: true, show: ({ overlap }) => overlap },
        { id: 'made', title: 'Opened', show: ({ createdAt }) => <Moment at={createdAt} /> },
      ]}
    />
  );
}
