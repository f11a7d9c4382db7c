import { Link } from '@tanstack/react-router';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { formatBytes, formatNumber } from '../../words/index.ts';
import type { Dataset } from './profile.ts';

export function VersionsTable(props: { versions: Dataset['versions']; current: number }) {
  return (
    <DataTable
      caption="Versions"
      rows={props.versions}
      rowKey={(each) => String(each.version)}
      isCurrent={(each) => each.version === props.current}
      columns={[
        {
          id: 'version',
          title: 'Version',
          show: (each) => (
            <Link to="." search={{ version: String(each.version) }} resetScroll={false}>
              version {each.version}
            </Link>
          ),
        },
        { id: 'rows', title: 'Rows', end: true, show: (each) => formatNumber(each.rows) },
        { id: 'columns', title: 'Columns', end: true, show: (each) => each.columns },
        { id: 'bytes', title: 'Size', end: true, show: (each) => formatBytes(each.bytes) },
        { id: 'added', title: 'Added', end: true, show: (each) => formatBytes(each.addedBytes) },
        { id: 'source', title: 'From', show: (each) => each.source },
        { id: 'created', title: 'Made', show: (each) => <Moment at={each.createdAt} /> },
      ]}
    />
  );
}
