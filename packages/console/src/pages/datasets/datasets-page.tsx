import { Link } from '@tanstack/react-router';
import { useOperation } from '../../data/index.ts';
import { Command } from '../../parts/command.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Empty, PageHead, Stack } from '../../parts/page.tsx';
import { formatBytes, formatNumber } from '../../words/index.ts';
import { NewDataset } from './new-dataset.tsx';

/** The tables that models learn from. */
export function DatasetsPage() {
  const datasets = useOperation('datasets.list', {});
  return (
    <>
      <PageHead title="Datasets" about="Tables, version by version; a version never changes." />
      <Stack>
        <Loaded query={datasets}>
          {(answer) =>
            answer.datasets.length === 0 ? (
              <Empty title="No dataset yet.">
                <p>A pipeline run makes one; a table can also be added alone:</p>
                <Command text="npx slipway data add customers.csv" />
              </Empty>
            ) : (
              <DataTable
                caption="Datasets"
                rows={answer.datasets}
                rowKey={(dataset) => dataset.name}
                columns={[
                  {
                    id: 'name',
                    title: 'Dataset',
                    show: (dataset) => (
                      <Link to="/datasets/$name" params={{ name: dataset.name }}>
                        {dataset.name}
                      </Link>
                    ),
                  },
                  { id: 'versions', title: 'Versions', end: true, show: (dataset) => dataset.versions },
                  { id: 'rows', title: 'Rows', end: true, show: (each) => formatNumber(each.latest.rows) },
                  { id: 'columns', title: 'Columns', end: true, show: (each) => each.latest.columns },
                  { id: 'bytes', title: 'Size', end: true, show: (each) => formatBytes(each.latest.bytes) },
                  { id: 'source', title: 'Latest from', show: (dataset) => dataset.latest.source },
                  { id: 'created', title: 'Made', show: (each) => <Moment at={each.latest.createdAt} /> },
                ]}
              />
            )
          }
        </Loaded>
        <NewDataset />
      </Stack>
    </>
  );
}
