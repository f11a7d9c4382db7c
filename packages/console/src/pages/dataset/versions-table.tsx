import { Link } from '@tanstack/react-router';
import { useChange } from '../../data/index.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { formatBytes, formatNumber } from '../../words/index.ts';
import type { Dataset } from './profile.ts';

/** Every version of a dataset; any but the newest can be rolled back to. */
export function VersionsTable(props: { name: string; versions: Dataset['versions']; current: number }) {
  const [newest] = props.versions;
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
        {
          id: 'rollback',
          title: 'Actions',
          show: (each) =>
            newest === undefined || each.version === newest.version ? null : (
              <RollbackButton name={props.name} to={each.version} newest={newest.version} />
            ),
        },
      ]}
    />
  );
}

function RollbackButton({ name, to, newest }: { name: string; to: number; newest: number }) {
  const rollback = useChange('datasets.rollback');
  return (
    <ConfirmButton
      action="Roll back"
      label={`Roll back to version ${to}`}
      title={`Roll back to version ${to}?`}
      quiet
      onConfirm={() => rollback.mutateAsync({ params: { name }, body: { to } })}
    >
      <p>
        A new version {newest + 1} with the rows of version {to} becomes the newest. No version is deleted.
        Trainings and appended files use the new version from then on; endpoints are not changed.
      </p>
    </ConfirmButton>
  );
}
